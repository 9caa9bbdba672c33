// Builds the console and the program that carries it, and runs the tests in a browser against them. TILLPOST_PROGRAM names a
// program that is built already, TILLPOST_CHROMIUM a browser; arguments go to vitest.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium } from "../../ts/test/page/find-chromium.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const root = join(here, "..", "..");
const bin = (/** @type {string} */ name) => join(root, "node_modules", name);

/**
 * Runs a program to its end and reports whether it succeeded.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} [options]
 */
function run(command, args, options) {
  const { error, status } = spawnSync(command, args, { stdio: "inherit", cwd: here, ...options });
  if (error) {
    throw error;
  }
  return status === 0;
}

const dir = mkdtempSync(join(tmpdir(), "tillpost-console-"));
try {
  const program = process.env.TILLPOST_PROGRAM ?? join(dir, "tillpost");
  const passed =
    (process.env.TILLPOST_PROGRAM !== undefined ||
      (run(process.execPath, [bin("vite/bin/vite.js"), "build", "--logLevel", "error"]) &&
        run("go", ["build", "-buildvcs=false", "-o", program, "./server"], { cwd: root }))) &&
    run(
      process.execPath,
      [bin("vitest/vitest.mjs"), "run", "--config", "vitest.e2e.config.ts", ...process.argv.slice(2)],
      { env: { ...process.env, TILLPOST_PROGRAM: program, TILLPOST_CHROMIUM: findChromium() } },
    );
  process.exitCode = passed ? 0 : 1;
} finally {
  rmSync(dir, { recursive: true });
}
