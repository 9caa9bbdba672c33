// A retailer's events, and its accounts, as the platform and the accountant would send and map them.
import { type Tillpost, timestampFromDate } from "@tillpost/client";
import type { Browser } from "playwright-core";

/** A ticket of one shirt, as the platform records it. */
export function sale(number: string, { payment = "Cash", day = "2026-11-02", location = "harbor-street" } = {}) {
  return {
    eventId: `ticket-${number}`,
    number,
    revision: 1,
    locationId: location,
    occurTime: timestampFromDate(new Date(`${day}T15:00:00Z`)),
    businessDate: day,
    currencyCode: "USD",
    detail: {
      case: "sale" as const,
      value: {
        tenders: [{ paymentType: payment, amount: 27_00n }],
        lines: [{ itemClass: "Shirts", netAmount: 25_00n, costAmount: 11_40n }],
        taxes: [{ authority: "State of Colorado", amount: 2_00n }],
      },
    },
  };
}

/** Records sales of one shop, numbered from `first` on. */
export async function recordSales(
  tillpost: Tillpost,
  retailerId: string,
  first: number,
  count: number,
  payment = "Cash",
) {
  const events = Array.from({ length: count }, (_, index) => sale(String(first + index), { payment }));
  await tillpost.financial.recordEvents({ retailerId, events });
}

/** Accepts what is suggested and has what the chart lacks created, until every place has its account. */
export async function mapEverything(tillpost: Tillpost, retailerId: string) {
  const { suggestions } = await tillpost.financial.suggestMappings({ retailerId });
  const mappings = suggestions.flatMap(({ slot, accountId }) => (slot === undefined ? [] : [{ slot, accountId }]));
  if (mappings.length > 0) {
    await tillpost.financial.mapEvents({ retailerId, mappings });
  }
  for await (const _ of tillpost.financial.createMissingAccounts({ retailerId })) {
    // Its progress is not of interest here.
  }
}

/** Connects a company as its administrator would, at the simulator's consent page. */
export async function connectCompany(browser: Browser, tillpost: Tillpost, retailerId: string) {
  const { authorizationUrl } = await tillpost.integration.connect({ retailerId });
  const page = await browser.newPage();
  await page.goto(authorizationUrl);
  await page.getByRole("button", { name: "Authorize" }).click();
  await page.waitForURL((url) => !authorizationUrl.startsWith(url.origin));
  await page.close();
}
