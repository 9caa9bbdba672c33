// Pictures of every page, with the demonstration's week and some errors: `make screenshots` puts them where
// TILLPOST_SCREENSHOTS says.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { watchSyncStatus } from "@tillpost/client";
import { EventKind, EventState, Role } from "@tillpost/client/financial";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, overflow, settled, visit } from "./browser.js";
import { type Demo, startDemo } from "./program.js";
import { sale } from "./shop.js";

const dir = process.env.TILLPOST_SCREENSHOTS ?? "";
let demo: Demo;
let browser: Browser;
/** The newest day of the week, and the event and the account whose drawers are shown. */
let day = "";
let eventId = "";
let accountId = "";

/** What a person would find after a week: most is posted, and some things need someone. */
async function addErrors() {
  const { tillpost, retailerId } = demo;
  // Without an account for payments of any type, a new one needs its own.
  await tillpost.financial.unmapEvent({ retailerId, slot: { role: Role.PAYMENT }, effectiveDate: day });
  const klarna = Array.from({ length: 7 }, (_, n) => sale(`K-${1001 + n}`, { day, payment: "Klarna" }));
  const euros = Array.from({ length: 2 }, (_, n) => ({ ...sale(`E-${1001 + n}`, { day }), currencyCode: "EUR" }));
  const short = sale("S-1001", { day });
  short.detail.value.tenders = [{ paymentType: "Cash", amount: 26_97n }];
  const events = [...klarna, ...euros, short].map((event) => ({ ...event, locationId: "harbor-street" }));
  await tillpost.financial.recordEvents({ retailerId, events });
  for await (const { counts } of watchSyncStatus(tillpost, retailerId)) {
    const failed = counts.filter(({ state }) => state === EventState.ACTION_REQUIRED);
    if (failed.reduce((sum, { count }) => sum + count, 0n) === BigInt(events.length)) {
      return;
    }
  }
}

/** Gives the stores their names in QuickBooks, where it has some like theirs. */
async function nameStores() {
  const { tillpost, retailerId } = demo;
  await tillpost.integration.importLocations({ retailerId });
  const { locations, quickbooksLocations } = await tillpost.financial.listLocations({ retailerId });
  for (const { locationId } of locations) {
    const name = locationId.replaceAll("-", " ");
    const same = quickbooksLocations.find((one) => one.name.toLowerCase() === name);
    if (same !== undefined) {
      await tillpost.financial.mapLocation({ retailerId, locationId, quickbooksLocationId: same.quickbooksLocationId });
    }
  }
}

beforeAll(async () => {
  mkdirSync(dir, { recursive: true });
  [demo, browser] = await Promise.all([startDemo(), launch()]);
  const { tillpost, retailerId } = demo;
  const synced = { retailerId, states: [EventState.SYNCED], kind: EventKind.SALE, pageSize: 1 };
  const { events } = await tillpost.financial.listEvents(synced);
  day = events[0]?.event?.businessDate ?? "";
  eventId = events[0]?.event?.eventId ?? "";
  const { accounts } = await tillpost.financial.listAccounts({ retailerId, pageSize: 1_000 });
  accountId = accounts.find(({ mappingCount }) => mappingCount > 1)?.accountId ?? "";
  await nameStores();
  await addErrors();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

/** The pages by the names of their pictures. */
function pages(): Record<string, string> {
  const shop = `${demo.url}/console/${demo.retailerId}`;
  const integration = `${shop}/integrations/quickbooks`;
  const financial = `${shop}/settings/financial`;
  return {
    choose: `${demo.url}/console/`,
    overview: `${shop}/overview`,
    "overview-compared": `${shop}/overview`,
    status: `${integration}/status`,
    "status-new": `${demo.url}/console/new-shop/integrations/quickbooks/status`,
    events: `${integration}/events`,
    "events-errors": `${integration}/events?state=error`,
    event: `${integration}/events?event=${eventId}`,
    "event-error": `${integration}/events?event=ticket-K-1001`,
    configuration: `${financial}/configuration`,
    "configuration-edit": `${financial}/configuration?edit=payment&key=Klarna`,
    accounts: `${financial}/accounts`,
    account: `${financial}/accounts?account=${accountId}`,
    history: `${financial}/configuration?view=history`,
    locations: `${financial}/locations`,
    guide: `${shop}/help/guide`,
    api: `${shop}/help/api`,
  };
}

const desktop = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const looks: [string, BrowserContextOptions, RegExp][] = [
  ["light", { ...desktop, colorScheme: "light" }, /./],
  ["dark", { ...desktop, colorScheme: "dark" }, /./],
  ["phone", { ...phone, colorScheme: "light" }, /./],
];

describe("pictures", () => {
  test.each(looks)("%s", { timeout: 120_000 }, async (look, options, which) => {
    const { page, faults, close } = await visit(browser, `${demo.url}/console/`, options);
    for (const [name, address] of Object.entries(pages()).filter(([name]) => which.test(name))) {
      await page.goto(address);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await settled(page);
      if (name === "configuration") {
        await page.getByRole("button", { name: /^Accept \d+ suggestions?…$/ }).waitFor(); // suggestions come when they are worked out
      }
      if (name === "overview-compared") {
        await page.getByRole("button", { name: "Compare with QuickBooks" }).click();
        const outcome = page.getByText(/^QuickBooks and Tillpost agree on/);
        await outcome.evaluate((title) => {
          const card = title.closest("section") as HTMLElement;
          window.scrollBy(0, card.getBoundingClientRect().top - 72); // below the bar
        });
      }
      await page.screenshot({ path: join(dir, `${name}-${look}.png`), animations: "disabled" });
      expect(await overflow(page), name).toBeLessThanOrEqual(0);
    }
    expect(faults).toEqual([]);
    await close();
  });
});
