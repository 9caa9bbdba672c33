// Builds dist/: the package's own code and the generated code that it uses, with their types and the licence. Both keep their
// place relative to the repository's root, so that one run of the compiler makes them and their imports need no change.
import { spawnSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url));

rmSync(path("dist"), { recursive: true, force: true });
const tsc = [path("../../node_modules/typescript/bin/tsc"), "-p", path("tsconfig.build.json")];
const { error, status } = spawnSync(process.execPath, tsc, { stdio: "inherit" });
if (error) {
  throw error;
}
if (status === 0) {
  copyFileSync(path("../../LICENSE"), path("dist/LICENSE"));
}
process.exitCode = status ?? 1;
