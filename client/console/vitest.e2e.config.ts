import { defineConfig, mergeConfig } from "vitest/config";
import vite from "./vite.config.js";

// Tests of the whole program in a real browser, or its pictures; e2e/run.mjs builds what they need.
export default mergeConfig(
  vite({ command: "serve", mode: "test" }),
  defineConfig({
    test: {
      environment: "node",
      include: process.env.TILLPOST_SCREENSHOTS === undefined ? ["e2e/**/*.test.ts"] : ["e2e/screenshots.ts"],
      // A whole test may take long on a machine with other work; what it waits for may not, see browser.ts.
      testTimeout: 120_000,
      hookTimeout: 120_000,
      fileParallelism: false,
    },
  }),
);
