// The same tests in a real browser, against the same program: each file runs in a page of Chromium, and each of its tests is
// one here. What needs Node itself stays there.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import type { Result } from "./page/driver.js";
import { type Service, startService } from "./program.js";

/** The files, and whether their page is one of the service's own origin; the others call it from another origin. */
const files: Record<string, "own" | "other"> = {
  errors: "other",
  options: "other",
  origins: "other",
  page: "own",
  popup: "other",
  retries: "other",
  service: "own",
  streams: "other",
  watch: "other",
};

const root = fileURLToPath(new URL("../../", import.meta.url));
const bundle = join(root, "dist", "test-page");
const script = /^\/tests\/([\w.-]+\.js)$/;

let origin: string;
let service: Service;
let browser: Browser;

/** The page of a test file, and its scripts. */
async function content(path: string): Promise<{ contentType: string; body: string }> {
  const name = script.exec(path)?.[1];
  const html = `<!doctype html><link rel="icon" href="data:,"><script type="module" src="${path}.js"></script>`;
  return name === undefined
    ? { contentType: "text/html", body: html }
    : { contentType: "text/javascript", body: await readFile(join(bundle, name), "utf8") };
}

const pages = createServer(async ({ url = "" }, response) => {
  const { contentType, body } = await content(url);
  response.writeHead(200, { "content-type": contentType }).end(body);
});

/** Bundles the tests with the package as it is built; what they have of Node is replaced by what page/ has. */
async function bundleTests() {
  const page = (name: string) => join(root, "test", "page", `${name}.ts`);
  const input = Object.fromEntries(
    Object.keys(files).map((name) => [
      name,
      name === "page" ? page("page.test") : join(root, "test", `${name}.test.ts`),
    ]),
  );
  const replaced = { "node:test": "node-test", "node:assert/strict": "assert", "node:timers/promises": "timers" };
  await build({
    root: join(root, "test", "page"),
    configFile: false,
    logLevel: "error",
    resolve: {
      alias: [
        ...Object.entries(replaced).map(([find, name]) => ({ find, replacement: page(name) })),
        ...["program", "popup-browser"].map((name) => ({ find: `./${name}.js`, replacement: page(name) })),
      ],
    },
    build: {
      outDir: bundle,
      emptyOutDir: true,
      target: "es2022",
      minify: false,
      modulePreload: false,
      rolldownOptions: { input, output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" } },
    },
  });
}

before(async () => {
  const { findChromium } = await import(new URL("../../test/page/find-chromium.mjs", import.meta.url).href);
  pages.listen(0, "127.0.0.1");
  await Promise.all([once(pages, "listening"), bundleTests()]);
  origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  service = await startService("--return-urls", `${origin}/books`, "--allowed-origins", origin);
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  browser = await chromium.launch({ executablePath: findChromium(), args });
});

after(async () => {
  await browser?.close();
  pages.close();
  await service?.stop();
});

/** Opens a page that has the driver's functions. */
async function open(file: string, whose: "own" | "other"): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.exposeFunction("tillpostService", () => ({ url: service.url, token: service.token }));
  await page.exposeFunction("tillpostRestart", () => service.restart());
  const popups: Page[] = [];
  page.on("popup", (popup) => popups.push(popup));
  await page.exposeFunction("tillpostDecide", (decision: "authorize" | "cancel") => {
    const press = async () => {
      const popup = popups.shift() ?? (await page.waitForEvent("popup"));
      popups.length = 0;
      await popup.getByRole("button", { name: decision === "authorize" ? "Authorize" : "Cancel" }).click();
    };
    void press().catch(() => undefined); // the popup was closed before; the test says whether that is right
  });
  // A page of the service's own origin has to come from there, and the service has none of ours.
  await page.route(`${service.url}/tests/*`, async (route) => {
    await route.fulfill(await content(new URL(route.request().url()).pathname));
  });
  await page.goto(`${whose === "own" ? service.url : origin}/tests/${file}`);
  return page;
}

for (const [file, whose] of Object.entries(files)) {
  test(`${file}.test.ts in Chromium`, { timeout: 60_000 }, async (t) => {
    const page = await open(file, whose);
    const results: Result[] = await page.evaluate(() => window.tillpostRun());
    assert.ok(results.length > 0);
    for (const { name, error } of results) {
      await t.test(name, () => assert.equal(error, ""));
    }
    await page.close();
  });
}
