import { defineConfig, mergeConfig } from "vitest/config";
import vite from "./vite.config.js";

// Tests of the whole program in a real browser, or its pictures; e2e/run.mjs builds what they need.
export default mergeConfig(
  vite({ command: "serve", mode: "test" }),
  defineConfig({
    test: {
      environment: "node",
      include: process.env.TILLPOST_SCREENSHOTS === undefined ? ["e2e/**/*.test.ts"] : ["e2e/screenshots.ts"],
      testTimeout: 30_000,
      hookTimeout: 60_000,
      fileParallelism: false,
    },
  }),
);
