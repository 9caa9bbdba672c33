// Builds the console and the program that carries it, and runs the tests in a browser against them. TILLPOST_PROGRAM names a
// program that is built already, TILLPOST_CHROMIUM a browser; arguments go to vitest.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

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

/** The browser: Debian's Chromium, or another one that is named. */
function findBrowser() {
  const named = process.env.TILLPOST_CHROMIUM;
  return [named, "/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => path !== undefined && existsSync(path));
}

const chromium = findBrowser();
if (chromium === undefined) {
  process.stderr.write(
    "The console's tests in a browser need Chromium: install it, for instance with sudo apt-get install chromium, " +
      "or name one with TILLPOST_CHROMIUM.\n",
  );
  process.exit(1);
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
      { env: { ...process.env, TILLPOST_PROGRAM: program, TILLPOST_CHROMIUM: chromium } },
    );
  process.exitCode = passed ? 0 : 1;
} finally {
  rmSync(dir, { recursive: true });
}
