import { defineConfig, mergeConfig } from "vitest/config";
import vite from "./vite.config.js";

export default mergeConfig(
  vite({ command: "serve", mode: "test" }),
  defineConfig({
    test: {
      environment: "happy-dom",
      include: ["src/**/*.test.{ts,tsx}"],
      setupFiles: ["src/test/setup.ts"],
      env: { TZ: "UTC" },
      testTimeout: 20_000,
    },
  }),
);
