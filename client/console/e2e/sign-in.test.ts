// Signing in where a retail platform hands over the tokens: a server in production mode, and pages of the platform's and of others.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axeFindings, launch, overflow, visit } from "./browser.js";
import { type Production, startProduction } from "./program.js";

const hour = 3_600_000;
let service: Production;
let browser: Browser;
/** The platform, as docs/console.md tells it to be, and somebody else's site with the same page. */
let platform: string;
let stranger: string;
const closing: (() => void)[] = [];

const token = (expires: Date, scope = "read manage") => service.token({ retailers: ["my-shop"], scope, expires });

/** A page that embeds the console and answers its questions: the first time with a token that has expired. */
function hostPage(): string {
  const tokens = JSON.stringify([token(new Date(Date.now() - hour)), token(new Date(Date.now() + hour))]);
  const embedded = JSON.stringify(service.url);
  return `<!doctype html><title>Shop</title><link rel="icon" href="data:,">
    <iframe title="Books" width="1200" height="800" src="${service.url}/console/my-shop/overview"></iframe>
    <script>
      window.asked = [];
      window.addEventListener("message", (event) => {
        if (event.origin !== ${embedded} || event.data?.source !== "tillpost-console") return;
        window.asked.push(event.data.expired);
        const token = ${tokens}[event.data.expired ? 1 : 0];
        event.source.postMessage({ source: "tillpost-host", type: "token", token }, event.origin);
      });
    </script>`;
}

async function serve(): Promise<string> {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(hostPage()));
  server.listen(0, "127.0.0.1");
  closing.push(() => server.close());
  await once(server, "listening");
  return `http://localhost:${(server.address() as AddressInfo).port}`; // by another name, another site than the service
}

beforeAll(async () => {
  [platform, stranger, browser] = await Promise.all([serve(), serve(), launch()]);
  service = await startProduction(platform);
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
  for (const close of closing) {
    close();
  }
});

/** Collects what the browser refuses because of a policy. */
function refusals(page: Page): string[] {
  const found: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) {
      found.push(message.text());
    }
  });
  return found;
}

test("a page of the platform embeds the console and hands it tokens, a new one when the last has expired", async () => {
  const page = await browser.newPage();
  const refused = refusals(page);
  await page.goto(platform);
  const frame = page.frameLocator("iframe");
  await frame.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  await frame.getByText("Nothing was recorded on these days").waitFor(); // which the server told, so the token is good
  const asked = await page.evaluate(() => (window as unknown as { asked: boolean[] }).asked);
  expect(asked[0]).toBe(false);
  expect(asked.slice(1)).toContain(true);
  expect(await frame.getByText("You can look at everything here", { exact: false }).count()).toBe(0);
  expect(refused).toEqual([]);
  await page.close();
});

test("a page of anybody else cannot show it", async () => {
  const page = await browser.newPage();
  const refused = refusals(page);
  await page.goto(stranger);
  await expect.poll(() => refused.join()).toContain("frame-ancestors");
  expect(await page.frameLocator("iframe").getByRole("heading").count()).toBe(0);
  expect(await page.evaluate(() => (window as unknown as { asked: boolean[] }).asked)).toEqual([]);
  await page.close();
});

test("a token comes by a link, leaves the address at once, and survives a reload; with the scope read nothing changes", async () => {
  const link = `${service.url}/console/my-shop/overview?location=a#token=${token(new Date(Date.now() + hour), "read")}`;
  const { page, faults, close } = await visit(browser, link);
  const heading = page.getByRole("heading", { name: "Overview", level: 1 });
  await heading.waitFor();
  expect(page.url()).toBe(`${service.url}/console/my-shop/overview?location=a`);
  await page.reload();
  await heading.waitFor();
  await page.getByText("You can look at everything here and change nothing", { exact: false }).waitFor();
  await page.getByText("Nothing was recorded on these days").waitFor();
  expect(await axeFindings(page)).toEqual([]);
  expect(faults).toEqual([]);
  await page.goto(`${service.url}/console/other-shop/overview`);
  await page.getByText("This retailer is not yours to see").first().waitFor();
  await close();
});

const looks: [string, BrowserContextOptions][] = [
  ["in light", {}],
  ["in dark", { colorScheme: "dark" }],
  ["on a phone", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
];

test.each(looks)("without a token it is said where to get one %s", async (_, options) => {
  const { page, faults, close } = await visit(browser, `${service.url}/console/my-shop/overview`, options);
  await page.getByRole("heading", { name: "Sign in", level: 1 }).waitFor();
  await page.getByText("The console is opened from your retail platform", { exact: false }).waitFor();
  expect(await page.title()).toBe("Sign in · Tillpost");
  expect(await axeFindings(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(faults).toEqual([]);
  await close();
});
