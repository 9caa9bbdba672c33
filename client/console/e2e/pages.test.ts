// Every page, light, dark and on a phone: accessible, and as wide as the window. The shop has events in every state.
import { importAccounts, watchSyncStatus } from "@tillpost/client";
import { EventState } from "@tillpost/client/financial";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axeFindings, launch, overflow, retailerIsWhole, settled, visit } from "./browser.js";
import { type Service, startService } from "./program.js";
import { connectCompany, mapEverything, recordSales, sale } from "./shop.js";

const retailerId = "harbor-and-pine-trading";
let service: Service;
let browser: Browser;
let accountId = "";

/** Waits until so many events need a person, and so many are posted. */
async function judged(errors: bigint, synced: bigint) {
  for await (const { counts } of watchSyncStatus(service.tillpost, retailerId)) {
    const sum = (state: EventState) => counts.filter((c) => c.state === state).reduce((n, c) => n + c.count, 0n);
    if (sum(EventState.ACTION_REQUIRED) === errors && sum(EventState.SYNCED) === synced) {
      return;
    }
  }
}

beforeAll(async () => {
  [service, browser] = await Promise.all([startService(), launch()]);
  const { tillpost } = service;
  await recordSales(tillpost, retailerId, 1, 2);
  await connectCompany(browser, tillpost, retailerId);
  await importAccounts(tillpost, retailerId);
  await mapEverything(tillpost, retailerId);
  await tillpost.integration.startSync({ retailerId });
  await recordSales(tillpost, retailerId, 101, 60);
  await recordSales(tillpost, retailerId, 201, 3, "Klarna");
  await recordSales(tillpost, retailerId, 301, 1, "Store Coupon");
  const elsewhere = ["401", "402"].map((number) => sale(number, { location: "pine-avenue" }));
  await tillpost.financial.recordEvents({ retailerId, events: elsewhere });
  await judged(4n, 62n);
  await tillpost.financial.skipEvents({ retailerId, eventIds: ["ticket-301"], note: "Booked by hand" });
  const { accounts } = await tillpost.financial.listAccounts({ retailerId, pageSize: 1_000 });
  accountId = accounts.find(({ mappingCount }) => mappingCount > 0)?.accountId ?? "";
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

function addresses(): string[] {
  const shop = `${service.url}/console/${retailerId}`;
  const integration = `${shop}/integrations/quickbooks`;
  const financial = `${shop}/settings/financial`;
  return [
    `${service.url}/console/`,
    `${shop}/overview?from=2026-11-01&to=2026-11-03`,
    `${integration}/status`,
    `${service.url}/console/new-shop/integrations/quickbooks/status`,
    `${integration}/events`,
    `${integration}/events?state=synced&event=ticket-101`,
    `${integration}/events?event=ticket-201`,
    `${financial}/configuration`,
    `${financial}/configuration?view=history`,
    `${financial}/configuration?edit=payment&key=Klarna`,
    `${financial}/accounts?type=other-current-asset`,
    `${financial}/accounts?account=${accountId}`,
    `${financial}/locations`,
    `${shop}/settings/nonsense`,
    `${service.url}/console/not%20valid/overview`,
  ];
}

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const looks: [string, BrowserContextOptions][] = [
  ["in light", { colorScheme: "light" }],
  ["in dark", { colorScheme: "dark" }],
  ["on a phone", phone],
];

/** Looks at pages in one window, one after another. */
async function look(pages: string[], options: BrowserContextOptions): Promise<Record<string, unknown>> {
  const { page, faults, close } = await visit(browser, `${service.url}/console/`, options);
  const found: Record<string, unknown> = {};
  for (const address of pages) {
    await page.goto(address);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await settled(page);
    const whole = !address.includes(retailerId) || (await retailerIsWhole(page));
    found[address] = { axe: await axeFindings(page), wider: Math.max(0, await overflow(page)), whole };
  }
  await close();
  return { ...found, faults };
}

test.each(looks)("every page is accessible %s, and as wide as the window", { timeout: 240_000 }, async (_, options) => {
  const pages = addresses();
  // Two windows at a time: looking takes more waiting than work.
  const halves = [pages.filter((_, at) => at % 2 === 0), pages.filter((_, at) => at % 2 === 1)];
  for (const { faults, ...found } of await Promise.all(halves.map((half) => look(half, options)))) {
    expect(faults).toEqual([]);
    for (const [address, result] of Object.entries(found)) {
      expect(result, address).toEqual({ axe: [], wider: 0, whole: true });
    }
  }
});

test("no figure of the overview is cut off, in windows of any width", async () => {
  const { page, faults, close } = await visit(browser, addresses()[1] ?? "");
  await page.getByRole("button", { name: "Nov 2, 2026" }).waitFor(); // two locations under their day
  await page.getByRole("table", { name: "By day and location" }).getByText("pine-avenue").waitFor();
  for (const width of [1_440, 1_280, 1_160, 1_152, 1_024, 900, 768, 600, 390, 320]) {
    await page.setViewportSize({ width, height: 900 });
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll("main table")]
        .map((table) => `${table.ariaLabel}: ${table.scrollWidth - (table.parentElement?.clientWidth ?? 0)}`)
        .filter((wider) => !/: (-.*|0)$/.test(wider)),
    );
    expect(cut, `at ${width} pixels`).toEqual([]);
    await expect.poll(() => overflow(page), { message: `at ${width} pixels` }).toBeLessThanOrEqual(0);
  }
  expect(faults).toEqual([]);
  await close();
});

test.each(looks)("suggestions that come late move nothing %s", async (_, options) => {
  const { page, faults, close } = await visit(browser, `${service.url}/console/`, options);
  let answer: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(/SuggestMappings/, async (route) => {
    await asked;
    await route.continue();
  });
  await page.goto(`${service.url}/console/${retailerId}/settings/financial/configuration`);
  const table = page.getByRole("table", { name: "Accounts by role and key" });
  const top = () => table.evaluate((element) => element.getBoundingClientRect().top);
  await page.getByText("Looking for suggestions…").waitFor();
  const before = await top();
  answer();
  await page.getByRole("button", { name: "Create accounts…" }).waitFor();
  expect(await top()).toBe(before);
  expect(faults).toEqual([]);
  await close();
});
