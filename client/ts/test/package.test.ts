// The package as others get it: packed, unpacked, and used by a program of its own.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "vite";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const consumer = join(root, "dist", "consumer"); // below the package, so that its dependencies are found
const tsc = join(root, "..", "..", "node_modules", "typescript", "bin", "tsc");
let files: string[];

before(async () => {
  const installed = join(consumer, "node_modules", "@tillpost", "client");
  await rm(consumer, { recursive: true, force: true });
  await mkdir(installed, { recursive: true });
  const { stdout } = await run("npm", ["pack", "--json", "--silent", "--pack-destination", consumer], { cwd: root });
  const packed = JSON.parse(stdout)[0] as { filename: string; files: { path: string }[] };
  files = packed.files.map(({ path }) => path);
  await run("tar", ["-xzf", join(consumer, packed.filename), "-C", installed, "--strip-components=1"]);
  await writeFile(join(consumer, "package.json"), JSON.stringify({ name: "consumer", type: "module" }));
});

test("the package holds what it needs, and nothing else", () => {
  for (const file of ["README.md", "package.json", "dist/client/ts/src/index.js", "dist/client/ts/src/index.d.ts"]) {
    assert.ok(files.includes(file), `${file} is missing`);
  }
  assert.ok(files.some((file) => file.startsWith("dist/gen/ts/tillpost/financial/")));
  const kinds =
    /^(README\.md|package\.json|dist\/LICENSE|dist\/(client\/ts\/src|gen\/ts\/tillpost)\/.*\.(js|js\.map|d\.ts))$/;
  assert.deepEqual(
    files.filter((file) => !kinds.test(file)),
    [],
  );
});

test("a program can import it, from each of its doors", async () => {
  const program = `
    import { createTillpost } from "@tillpost/client";
    import { FinancialService } from "@tillpost/client/financial";
    import { Connection_State } from "@tillpost/client/integration";
    const { baseUrl } = createTillpost({ baseUrl: "https://tillpost.example/" });
    process.stdout.write([baseUrl, FinancialService.typeName, Connection_State[2]].join(" "));
  `;
  await writeFile(join(consumer, "program.js"), program);
  const { stdout } = await run(process.execPath, ["program.js"], { cwd: consumer });
  assert.equal(stdout, "https://tillpost.example tillpost.financial.v1.FinancialService CONNECTED");
});

/** Bundles a program as a page would be, and returns the names of what is left of the package. */
async function bundled(name: string, program: string): Promise<string> {
  const entry = join(consumer, `${name}.js`);
  await writeFile(entry, program);
  const output = await build({
    root: consumer,
    configFile: false,
    logLevel: "error",
    build: { write: false, minify: false, target: "es2022", lib: { entry, formats: ["es"] } },
  });
  const [first] = Array.isArray(output) ? output : [output];
  assert.ok(first && "output" in first);
  return first.output.map((part) => (part.type === "chunk" ? part.code : "")).join("");
}

test("a bundler keeps only what a page uses", { timeout: 60_000 }, async () => {
  const none = await bundled("none", `import "@tillpost/client"; import "@tillpost/client/financial";`);
  assert.equal(none.trim(), "");

  const errors = `import { hasReason } from "@tillpost/client"; export const gone = (e) => hasReason(e, "EVENT_NOT_FOUND");`;
  const small = await bundled("errors", errors);
  assert.match(small, /TillpostError/);
  assert.doesNotMatch(small, /openConnectPopup|watchSyncStatus|createConnectTransport|fileDesc/);

  const popup = `import { openConnectPopup } from "@tillpost/client"; export const connect = openConnectPopup;`;
  const middle = await bundled("popup", popup);
  assert.match(middle, /tillpost-connect/);
  assert.doesNotMatch(middle, /function\* watchSyncStatus|createConnectTransport|financial_service_pb/);
});

for (const [module, moduleResolution] of [
  ["esnext", "bundler"],
  ["nodenext", "nodenext"],
] as const) {
  test(`the examples of README.md compile with ${moduleResolution}`, { timeout: 60_000 }, async () => {
    const readme = await readFile(join(root, "README.md"), "utf8");
    const examples = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? "");
    assert.ok(examples.length >= 8);
    const dir = join(consumer, moduleResolution);
    await mkdir(dir, { recursive: true });
    await Promise.all(examples.map((code, n) => writeFile(join(dir, `example-${n + 1}.ts`), code)));
    const lib = ["es2022", "dom", "dom.iterable"];
    const types = ["node"];
    const compilerOptions = { target: "es2022", lib, module, moduleResolution, types, strict: true, noEmit: true };
    await writeFile(join(dir, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    const { stdout } = await run(process.execPath, [tsc, "-p", dir]).catch((error) => error);
    assert.equal(stdout, "");
  });
}
