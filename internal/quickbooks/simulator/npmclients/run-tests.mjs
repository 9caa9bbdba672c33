// Builds the program under test once and runs every test here against it. TILLPOST_PROGRAM names one that is built
// already; arguments go to node --test.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} options
 */
function run(command, args, options) {
  const { error, status } = spawnSync(command, args, { stdio: "inherit", ...options });
  if (error) {
    throw error;
  }
  return status ?? 1;
}

const dir = mkdtempSync(join(tmpdir(), "tillpost-clients-"));
try {
  const program = process.env.TILLPOST_PROGRAM ?? join(dir, "tillpost");
  let status = 0;
  if (!process.env.TILLPOST_PROGRAM) {
    status = run("go", ["build", "-buildvcs=false", "-o", program, "./server"], { cwd: root });
  }
  if (status === 0) {
    const args = ["--test", "--test-reporter=spec", ...process.argv.slice(2)];
    status = run(process.execPath, args, { env: { ...process.env, TILLPOST_PROGRAM: program } });
  }
  process.exitCode = status;
} finally {
  rmSync(dir, { recursive: true });
}
