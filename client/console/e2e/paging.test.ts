// A hundred thousand events in a real browser: paged through, jumped in, and found again by their address. The retailer is
// not connected, so that nothing changes under the pages.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Visit, visit } from "./browser.js";
import { type Service, startService } from "./program.js";
import { sale } from "./shop.js";

const retailerId = "big-shop";
const days = 100;
const perDay = 1_000; // as many as one call takes
const pageSize = 50;
/** How long a page may take, from the click to its rows: the middle one, for the machine may do other things for a moment. */
const pageMs = 1_000;

let service: Service;
let browser: Browser;

/** The day that is so many days before the newest one. */
const dayOf = (back: number) => new Date(Date.UTC(2026, 10, 2 - back)).toISOString().slice(0, 10);
/** The number of a day's nth ticket. */
const numberOf = (day: string, n: number) => `${day.replaceAll("-", "")}${String(n).padStart(4, "0")}`;
/** The numbers as the list must have them, from `first`, counted from 0, on: the newest day first, the last ticket first. */
const expected = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => {
    const at = first + index;
    return numberOf(dayOf(Math.floor(at / perDay)), perDay - 1 - (at % perDay));
  });
const count = (n: number) => n.toLocaleString("en-US");
const onPage = (page: number) => expected((page - 1) * pageSize, pageSize);

beforeAll(async () => {
  [service, browser] = await Promise.all([startService(), launch()]);
  for (let back = 0; back < days; back++) {
    const day = dayOf(back);
    const events = Array.from({ length: perDay }, (_, n) => sale(numberOf(day, n), { day }));
    await service.tillpost.financial.recordEvents({ retailerId, events });
  }
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

function list(search = ""): Promise<Visit> {
  return visit(browser, `${service.url}/console/${retailerId}/integrations/quickbooks/events${search}`);
}

/** The numbers in sight, from the first row to the last. */
function numbers(page: Page): Promise<string[]> {
  return page
    .getByRole("table", { name: "Financial events" })
    .getByRole("button", { name: /^Open event/ })
    .allTextContents();
}

/** Waits until a page has come, and returns what it holds. */
async function rowsOf(page: Page, n: number): Promise<string[]> {
  await page.getByText(`Rows ${count((n - 1) * pageSize + 1)}–${count(n * pageSize)}`, { exact: true }).waitFor();
  await page.locator("table[aria-busy=false]").waitFor();
  return numbers(page);
}

test("every row of forty pages comes once, in order, and soon", async () => {
  const { page, faults, close } = await list();
  await page.getByRole("button", { name: `Show not synced: ${count(days * perDay)}` }).waitFor();
  const seen = await rowsOf(page, 1);
  const took: number[] = [];
  for (let n = 2; n <= 40; n++) {
    const begun = performance.now();
    await page.getByRole("button", { name: "Next page" }).click();
    seen.push(...(await rowsOf(page, n)));
    took.push(performance.now() - begun);
  }
  expect(seen).toEqual(expected(0, 40 * pageSize));
  expect(took.sort((a, b) => a - b)[Math.floor(took.length / 2)]).toBeLessThan(pageMs);
  for (let n = 39; n >= 30; n--) {
    await page.getByRole("button", { name: "Previous page" }).click();
    expect(await rowsOf(page, n)).toEqual(onPage(n));
  }
  expect(faults).toEqual([]);
  await close();
}, 90_000);

test("a page stands in the address: it is reloaded, shared, and reached by the back button", async () => {
  const { page, faults, close } = await list();
  for (let n = 1; n <= 3; n++) {
    await rowsOf(page, n);
    await page.getByRole("button", { name: "Next page" }).click();
  }
  expect(await rowsOf(page, 4)).toEqual(onPage(4));
  await page.goBack();
  expect(await rowsOf(page, 3)).toEqual(onPage(3));
  await page.goForward();
  expect(await rowsOf(page, 4)).toEqual(onPage(4));
  await page.reload();
  expect(await rowsOf(page, 4)).toEqual(onPage(4));
  const shared = await list(new URL(page.url()).search);
  expect(await rowsOf(shared.page, 4)).toEqual(onPage(4));
  expect(await shared.page.getByRole("button", { name: "Previous page" }).isDisabled()).toBe(true);
  await shared.page.getByRole("button", { name: "Next page" }).click();
  expect(await rowsOf(shared.page, 5)).toEqual(onPage(5));
  await shared.page.getByRole("button", { name: "Previous page" }).click();
  expect(await rowsOf(shared.page, 4)).toEqual(onPage(4));
  await shared.page.getByRole("button", { name: "First page" }).click();
  expect(await rowsOf(shared.page, 1)).toEqual(onPage(1));
  await shared.close();
  await page.getByRole("button", { name: `Open event ${onPage(4)[7]}` }).click();
  await page.getByRole("dialog", { name: `Event ${onPage(4)[7]}` }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await rowsOf(page, 4)).toEqual(onPage(4));
  expect(faults).toEqual([]);
  await close();
});

test("a filter begins at its first page, jumps to a day, and finds a single event", async () => {
  const { page, faults, close } = await list();
  await rowsOf(page, 1);
  await page.getByRole("button", { name: "Next page" }).click();
  await rowsOf(page, 2);
  await page.getByLabel("To", { exact: true }).fill(dayOf(70));
  await page.waitForURL((url) => url.searchParams.get("to") === dayOf(70) && !url.searchParams.has("page"));
  expect(await rowsOf(page, 1)).toEqual(expected(70 * perDay, pageSize));
  await page.getByRole("button", { name: "Next page" }).click();
  expect(await rowsOf(page, 2)).toEqual(expected(70 * perDay + pageSize, pageSize));
  const one = numberOf(dayOf(83), 417);
  await page.getByLabel("Number or event id").fill(one.slice(0, -1));
  await expect.poll(() => numbers(page)).toHaveLength(10);
  await page.getByLabel("Number or event id").fill(one);
  await expect.poll(() => numbers(page)).toEqual([one]);
  await page.goBack();
  expect(await rowsOf(page, 1)).toEqual(expected(70 * perDay, pageSize));
  await page.goBack();
  expect(await rowsOf(page, 1)).toEqual(onPage(1));
  expect(faults).toEqual([]);
  await close();
});
