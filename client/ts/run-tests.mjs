// Builds the package, its tests and the program under test, and runs every test against them. TILLPOST_PROGRAM names a program
// that is built already; arguments go to node --test.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "..", "..");
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");

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

/** Names the compiled tests one by one: what node --test makes of a directory changed from release to release. */
function testFiles() {
  const dir = join(here, "dist", "test");
  return readdirSync(dir)
    .filter((name) => name.endsWith(".test.js"))
    .map((name) => join(dir, name));
}

const options = ["--test", "--enable-source-maps", "--disable-warning=ExperimentalWarning", "--test-reporter=spec"];
const dir = mkdtempSync(join(tmpdir(), "tillpost-client-"));
try {
  const program = process.env.TILLPOST_PROGRAM ?? join(dir, "tillpost");
  const passed =
    run(process.execPath, ["build.mjs"]) &&
    run(process.execPath, [tsc, "-p", "tsconfig.test-build.json"]) &&
    (process.env.TILLPOST_PROGRAM !== undefined ||
      run("go", ["build", "-buildvcs=false", "-o", program, "./server"], { cwd: root })) &&
    run(process.execPath, [...options, ...process.argv.slice(2), ...testFiles()], {
      env: { ...process.env, TILLPOST_PROGRAM: program },
    });
  process.exitCode = passed ? 0 : 1;
} finally {
  rmSync(dir, { recursive: true });
}
