// Past events, accounts and locations in a real browser: a shop that is connected and mapped, with events from before sync was
// started. The tests run in order and build on each other.
import { importAccounts } from "@tillpost/client";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axeFindings, launch, visit } from "./browser.js";
import { type Service, startService } from "./program.js";
import { connectCompany, mapEverything, recordSales } from "./shop.js";

const retailerId = "settings-shop";
let service: Service;
let browser: Browser;

const address = (path: string) => `${service.url}/console/${retailerId}/${path}`;
const status = () => address("integrations/quickbooks/status");
const accounts = () => address("settings/financial/accounts");
const locations = () => address("settings/financial/locations");

beforeAll(async () => {
  [service, browser] = await Promise.all([startService(), launch()]);
  const { tillpost } = service;
  await recordSales(tillpost, retailerId, 1, 6);
  await connectCompany(browser, tillpost, retailerId);
  await importAccounts(tillpost, retailerId);
  await mapEverything(tillpost, retailerId);
  await tillpost.integration.startSync({ retailerId });
  await tillpost.integration.pauseSync({ retailerId }); // so that past events wait until the test has looked at them
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

test("past events are started, paused, found again after a reload, resumed, and finish", async () => {
  const { page, faults, close } = await visit(browser, status());
  await page.getByText("6 events from before sync was started are not in QuickBooks.").waitFor();
  await page.getByRole("button", { name: "Sync Past Events" }).click();
  await page.getByRole("button", { name: "Sync 6 events" }).click();
  const operation = page.getByRole("region", { name: "Past events posted" });
  await operation.getByText("Sync is paused, and past events with it.", { exact: false }).waitFor();
  await operation.getByRole("button", { name: "Pause" }).click();
  await operation.getByRole("button", { name: "Resume" }).waitFor();
  await page.reload();
  await operation.getByText("0 of 6 events done").waitFor();
  await operation.getByText("No past event is posted until you resume.", { exact: false }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "Resume Sync" }).click();
  await page.getByText("Every event is posted as it happens", { exact: false }).waitFor();
  await operation.getByRole("button", { name: "Cancel…" }).click();
  await page.getByRole("dialog", { name: "Cancel the rest?" }).getByRole("button", { name: "Keep it" }).click();
  await operation.getByRole("button", { name: "Resume" }).click();
  await operation.getByText("6 past events finished", { exact: false }).waitFor();
  await page.getByRole("button", { name: "Sync Past Events" }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test("an account that mappings use is deleted after being asked, and importing brings it back", async () => {
  const chart = await service.tillpost.financial.listAccounts({ retailerId, pageSize: 1_000 });
  const parents = new Set(chart.accounts.map(({ parentAccountId }) => parentAccountId));
  // A parent would stay in sight, as the way to its sub-accounts.
  const used = chart.accounts.find(({ accountId, mappingCount }) => mappingCount > 0 && !parents.has(accountId));
  const name = used?.fullyQualifiedName ?? "";
  const { page, faults, close } = await visit(browser, accounts());
  const open = page.getByRole("button", { name: `Open account ${name}`, exact: true });
  await open.waitFor();
  await page.getByRole("searchbox", { name: "Search" }).fill(used?.name ?? "");
  await page.waitForURL(/find=/);
  await page.getByRole("button", { name: `Delete account ${name}`, exact: true }).click();
  const dialog = page.getByRole("dialog", { name: `Delete ${used?.name}?` });
  await dialog.getByRole("listitem").first().waitFor();
  expect(await axeFindings(page)).toEqual([]);
  expect(await dialog.getByRole("button", { name: "Delete", exact: true }).isDisabled()).toBe(true);
  await dialog.getByRole("checkbox").check();
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText(`${used?.name} is deleted here.`, { exact: false }).waitFor();
  await open.waitFor({ state: "detached" });
  await page.getByLabel("State").selectOption("deleted");
  await open.waitFor();
  await page.getByRole("button", { name: "Import Accounts" }).click();
  await page.getByText("1 restored", { exact: false }).waitFor();
  await page.getByText("No account is deleted here").waitFor();
  await page.getByLabel("State").selectOption("");
  await open.focus();
  await page.keyboard.press("Enter");
  await page
    .getByRole("dialog", { name: used?.name ?? "" })
    .getByText("Used by these mappings")
    .waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(faults).toEqual([]);
  await close();
});

test("a location is imported, mapped from the keyboard, kept, and unmapped", async () => {
  const { page, faults, close } = await visit(browser, locations());
  const choice = page.getByRole("combobox", { name: "QuickBooks location of harbor-street" });
  await page.getByRole("button", { name: "Import from QuickBooks" }).click();
  await page.getByText(/locations and \d+ class(es)? imported\.$/).waitFor();
  const { quickbooksLocations } = await service.tillpost.financial.listLocations({ retailerId });
  const target = quickbooksLocations.find(({ active }) => active)?.name ?? "";
  await choice.focus();
  await choice.fill(target.slice(0, 4));
  await page.keyboard.press("ArrowDown");
  expect(await axeFindings(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await page.getByText(/^Entries of harbor-street carry the location/).waitFor();
  await page.reload();
  await page.getByText("1 of 1 mapped.").first().waitFor();
  await choice.click();
  await page.getByRole("option", { name: "No location" }).click();
  await page.getByText("Entries of harbor-street carry no location from now on.").waitFor();
  expect(faults).toEqual([]);
  await close();
});
