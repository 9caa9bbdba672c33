// Help in a real browser: the guide leads to events, and the API reference is found, linked, and read on every screen.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { axeFindings, launch, overflow, visit } from "./browser.js";
import { type Service, startService } from "./program.js";

let service: Service;
let browser: Browser;

const address = (page: string) => `${service.url}/console/help-shop/${page}`;

beforeAll(async () => {
  [service, browser] = await Promise.all([startService(), launch()]);
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

// axe takes a minute for the whole reference, whose entries and rows are made alike: it looks at some of each.
function shorten(page: Page): Promise<void> {
  return page.evaluate(() => {
    let entries = 0;
    for (const part of document.querySelectorAll("article > *")) {
      entries = part.tagName === "H2" ? 0 : entries + (part.tagName === "H3" ? 1 : 0);
      if (entries > 2) {
        part.remove();
      }
    }
    for (const row of document.querySelectorAll("article tr:nth-child(n + 5)")) {
      row.remove();
    }
  });
}

test("help is opened, an RPC is found and linked, and its link opens it in another window", async () => {
  const { page, faults, close } = await visit(browser, address("integrations/quickbooks/status"));
  const top = (id: string) => page.locator(`h3#${id}`).evaluate((heading) => heading.getBoundingClientRect().top);
  await page.getByRole("link", { name: "Help" }).click();
  await page.getByRole("heading", { name: "What happens to an event" }).waitFor();
  await page.getByRole("link", { name: "API reference" }).click();
  await page.getByRole("searchbox", { name: "Find" }).fill("pastev");
  const contents = page.getByRole("navigation", { name: "Contents" });
  await contents.getByRole("link", { name: "ListAccounts" }).waitFor({ state: "detached" });
  await contents.getByRole("link", { name: "SyncPastEvents", exact: true }).click();
  await page.waitForURL(/\/help\/api#syncpastevents$/);
  // Below the bar, and at the top of what is left of the window.
  await expect.poll(() => top("syncpastevents")).toBeGreaterThan(56);
  expect(await top("syncpastevents")).toBeLessThan(120);
  const other = await visit(browser, page.url());
  await other.page.getByRole("heading", { name: "SyncPastEvents", exact: true }).waitFor();
  await expect.poll(() => other.page.evaluate(() => window.scrollY)).toBeGreaterThan(1_000);
  expect(faults.concat(other.faults)).toEqual([]);
  await other.close();
  await close();
});

describe("both pages", () => {
  const looks = [
    { name: "in light", options: {} },
    { name: "in dark", options: { colorScheme: "dark" as const } },
    { name: "on a phone", options: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } },
  ];
  test.each(looks)("$name are accessible, and as wide as the window", async ({ options }) => {
    const { page, faults, close } = await visit(browser, address("help/guide"), options);
    for (const [path, heading] of [
      ["help/guide", "Closed books"],
      ["help/api", "RecordEvents"],
    ] as const) {
      await page.goto(address(path));
      await page.getByRole("heading", { name: heading, exact: true }).waitFor();
      expect(await overflow(page), path).toBeLessThanOrEqual(0);
      await shorten(page);
      expect(await axeFindings(page), path).toEqual([]);
    }
    expect(faults).toEqual([]);
    await close();
  });
});
