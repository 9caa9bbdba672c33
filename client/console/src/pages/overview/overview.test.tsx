import { create } from "@bufbuild/protobuf";
import { DurationSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { screen, waitFor, within } from "@testing-library/react";
import {
  AccountType,
  ComparisonFinding_Kind,
  ConnectionHealth,
  EventState,
  OverviewFiguresSchema,
} from "@tillpost/client/financial";
import { describe, expect, test, vi } from "vitest";
import { duration } from "../../format/durations.js";
import { type Methods, renderPage } from "../../test/render.js";
import { roundUp } from "./chart.js";
import { agrees, byDay, joinRows, sumsOf } from "./figures.js";
import { daysOf, readRange } from "./range.js";

const address = "overview?from=2026-11-01&to=2026-11-03";

const states = [
  { state: EventState.SYNCED, eventCount: 3n, amount: 90_00n },
  { state: EventState.ACTION_REQUIRED, eventCount: 1n, amount: 10_00n },
  { state: EventState.SKIPPED, eventCount: 1n, amount: 5_00n },
];
const took = { eventCount: 3n, median: { seconds: 1n, nanos: 250_000_000 }, percentile95: { seconds: 75n, nanos: 0 } };
const row = {
  businessDate: "2026-11-02",
  locationId: "harbor",
  currencyCode: "USD",
  states,
  postedEntryCount: 3n,
  postedAmount: 120_00n,
  timeToQuickbooks: took,
};
const day = { ...row, locationId: "" };

function server(financial: Methods["financial"] = {}): Methods {
  return {
    integration: { getConnection: () => ({}) },
    financial: {
      getOverview: () => ({ rows: [row], days: [day], totals: [{ ...day, businessDate: "" }] }),
      listClearingAccounts: () => ({ accounts: [] }),
      listLocations: () => ({ locations: [{ locationId: "harbor" }, { locationId: "pine" }] }),
      async *watchSyncStatus(_, { signal }) {
        yield { status: { connectionHealth: ConnectionHealth.GOOD, syncStarted: true, counts: [] } };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
      ...financial,
    },
  };
}

describe("the range in the address", () => {
  const today = new Date(2026, 10, 14, 23, 30);

  test("is the last two weeks unless it says otherwise", () => {
    expect(readRange({}, today)).toMatchObject({ from: "2026-11-01", to: "2026-11-14", days: 14, location: "" });
    expect(readRange({ to: "2026-03-01" }, today)).toMatchObject({ from: "2026-02-16", to: "2026-03-01" });
    expect(readRange({ from: "soon", to: "2026-02-30", location: "a b" }, today)).toMatchObject({
      days: 14,
      location: "",
    });
  });

  test("may be wrong, and says how", () => {
    expect(readRange({ from: "2026-11-02", to: "2026-11-01" }, today).wrong).toBe("backwards");
    expect(readRange({ from: "2026-01-01", to: "2026-04-02" }, today).wrong).toBeUndefined();
    expect(readRange({ from: "2026-01-01", to: "2026-04-03" }, today).wrong).toBe("too-long");
  });

  test("has every day once, through the change of clocks", () => {
    expect(daysOf(readRange({ from: "2026-03-28", to: "2026-03-30" }))).toEqual([
      "2026-03-28",
      "2026-03-29",
      "2026-03-30",
    ]);
  });
});

test("what was recorded is what is posted, open and set aside", () => {
  const sums = sumsOf(create(OverviewFiguresSchema, row));
  expect(sums).toMatchObject({ says: 105_00n, events: 5n, postedAmount: 90_00n, openAmount: 10_00n, aside: 1n });
  expect(sums.postedAmount + sums.openAmount + sums.asideAmount).toBe(sums.says);
});

test("a row may stand on one side only", () => {
  const compared = new Map([
    ["2026-11-03", { txnDate: "2026-11-03", figures: [{ locationId: "", currencyCode: "USD" }], findings: [] }],
  ]) as unknown as Parameters<typeof joinRows>[1];
  const rows = joinRows([create(OverviewFiguresSchema, row)], compared, "");
  expect(rows.map(({ key, compared: side }) => [key, side !== undefined])).toEqual([
    ["2026-11-03  USD", true],
    ["2026-11-02 harbor USD", false],
  ]);
  expect(joinRows([], compared, "harbor")).toEqual([]);
});

describe("rows under their days", () => {
  const at = (locationId: string, currencyCode = "USD", businessDate = "2026-11-02") =>
    create(OverviewFiguresSchema, { ...row, locationId, currencyCode, businessDate });
  const days = [create(OverviewFiguresSchema, { ...day, postedEntryCount: 6n })];
  const side = (locationId: string, agreeing: bigint) => ({
    locationId,
    currencyCode: "USD",
    tillpostEntryCount: 3n,
    tillpostAmount: 120_00n,
    quickbooksEntryCount: 3n,
    quickbooksAmount: 120_00n,
    agreeingEntryCount: agreeing,
  });
  const comparedWith = (agreeing: bigint) =>
    new Map([
      ["2026-11-02", { txnDate: "2026-11-02", figures: [side("harbor", 3n), side("pine", agreeing)], findings: [] }],
    ]) as unknown as Parameters<typeof joinRows>[1];

  test("are added up for a day of several locations, each currency by itself", () => {
    const rows = [at("harbor"), at("pine"), at("pine", "CAD"), at("harbor", "USD", "2026-11-01")];
    const grouped = byDay(joinRows(rows, new Map(), ""), days);
    expect(grouped.map(({ total, locations }) => [total.key, locations.map(({ location }) => location)])).toEqual([
      ["2026-11-02 USD", ["harbor", "pine"]],
      ["2026-11-02 pine CAD", []],
      ["2026-11-01 harbor USD", []],
    ]);
    expect(grouped[0]?.total.figures?.postedEntryCount).toBe(6n);
    expect(grouped[0]?.total.compared).toBeUndefined();
  });

  test("agree where every location does", () => {
    for (const [agreeing, expected] of [
      [3n, true],
      [2n, false],
    ] as const) {
      const [first] = byDay(joinRows([at("harbor"), at("pine")], comparedWith(agreeing), ""), days);
      expect(first?.total.compared?.figures?.quickbooksAmount).toBe(240_00n);
      expect(first?.total.compared && agrees(first.total.compared)).toBe(expected);
    }
  });
});

test.each([
  [0n, 340_000_000, "340 ms"],
  [1n, 250_000_000, "1.2 s"],
  [48n, 900_000_000, "48 s"],
  [185n, 0, "3 min 5 s"],
  [3_600n, 0, "1 h"],
  [187_200n, 0, "2 d 4 h"],
])("%d s and %d ns are %s", (seconds, nanos, text) => {
  expect(duration(create(DurationSchema, { seconds, nanos }))).toBe(text);
});

test.each([
  [0n, 0n],
  [1n, 2n],
  [7n, 8n],
  [132n, 140n],
  [12_345n, 14_000n],
])("the scale for %d goes to %d", (n, top) => expect(roundUp(n)).toBe(top));

test("what events say and what was posted stand side by side, with a link to the errors", async () => {
  const getOverview = vi.fn(() => ({ rows: [row], days: [day], totals: [{ ...day, businessDate: "" }] }));
  const { user, history } = renderPage(`${address}&location=harbor`, server({ getOverview }));
  const table = await screen.findByRole("table", { name: "By day and location" });
  expect(getOverview).toHaveBeenCalledWith(
    expect.objectContaining({ fromBusinessDate: "2026-11-01", toBusinessDate: "2026-11-03", locationId: "harbor" }),
    expect.anything(),
  );
  for (const text of [
    "$105.00",
    "5 events",
    "$90.00",
    "3 synced",
    "1 set aside ($5.00)",
    "$120.00",
    "3 entries",
    "Not compared",
    "1.2 s",
  ]) {
    expect(within(table).getByText(text), text).toBeTruthy();
  }
  const totals = screen.getByLabelText("Totals");
  expect(within(totals).getByText("5 events, 1 set aside ($5.00)")).toBeTruthy();
  expect(within(totals).getByText("19 of 20 within 1 min 15 s")).toBeTruthy();
  expect(screen.getByRole("img", { name: "Events by state over 3 days: 5 events." })).toBeTruthy();
  await user.click(within(table).getByRole("link", { name: "Show 1 error of Nov 2, 2026, harbor" }));
  await waitFor(() => expect(history.location.pathname).toContain("/events"));
  expect(history.location.search).toBe("?from=2026-11-02&location=harbor&state=error&to=2026-11-02");
});

test("a day of several locations has their sum; the newest is open, and others open from the keyboard", async () => {
  const of = (businessDate: string, locationId: string) => ({ ...row, businessDate, locationId });
  const dates = ["2026-11-03", "2026-11-02"];
  const rows = dates.flatMap((date) => ["harbor", "pine"].map((location) => of(date, location)));
  const twice = {
    postedAmount: 240_00n,
    states: [{ state: EventState.ACTION_REQUIRED, eventCount: 2n, amount: 20_00n }],
  };
  const days = dates.map((date) => ({ ...of(date, ""), ...twice }));
  const { user } = renderPage(address, server({ getOverview: () => ({ rows, days, totals: [] }) }));
  const table = within(await screen.findByRole("table", { name: "By day and location" }));
  expect(table.getAllByText("2 locations")).toHaveLength(2);
  expect(table.getAllByText("$240.00")).toHaveLength(2);
  expect(table.getAllByText("$120.00")).toHaveLength(2); // of the newest day
  const link = table.getByRole("link", { name: "Show 2 errors of Nov 2, 2026" });
  expect(link.getAttribute("href")).toMatch(/\?from=2026-11-02&state=error&to=2026-11-02$/);
  const older = table.getByRole("button", { name: "Nov 2, 2026" });
  expect(older.getAttribute("aria-expanded")).toBe("false");
  older.focus();
  await user.keyboard("{Enter}");
  expect(older.getAttribute("aria-expanded")).toBe("true");
  expect(table.getAllByText("$120.00")).toHaveLength(4);
  await user.click(table.getByRole("button", { name: "Nov 3, 2026" }));
  expect(table.getAllByText("$120.00")).toHaveLength(2);
});

test("another location and other days go into the address, and back", async () => {
  const { user, history } = renderPage(address, server());
  await user.selectOptions(
    await screen.findByRole("combobox", { name: "Location" }),
    await screen.findByRole("option", { name: "pine" }),
  );
  await waitFor(() => expect(history.location.search).toContain("location=pine"));
  await user.click(screen.getByRole("button", { name: "Last 14 days" }));
  await waitFor(() => expect(history.location.search).toBe(""));
});

test("a range that is too long is not asked for", async () => {
  const getOverview = vi.fn(() => ({}));
  renderPage("overview?from=2026-01-01&to=2026-11-03", server({ getOverview }));
  expect(await screen.findByText("These are 307 days. Choose at most 92.")).toBeTruthy();
  expect(getOverview).not.toHaveBeenCalled();
  expect((screen.getByRole("button", { name: "Compare with QuickBooks" }) as HTMLButtonElement).disabled).toBe(true);
});

test("the comparison tells its progress, fills the table, and lists what differs", async () => {
  let resolve = () => {};
  const promise = new Promise<void>((go) => {
    resolve = go;
  });
  const side = { locationId: "harbor", currencyCode: "USD", tillpostEntryCount: 3n, tillpostAmount: 120_00n };
  const finding = {
    kind: ComparisonFinding_Kind.MISSING,
    docNumber: "1001",
    txnDate: "2026-11-02",
    difference: "It was deleted there.",
    eventId: "ticket-1",
    locationId: "harbor",
    quickbooksId: "7",
    tillpostAmount: 40_00n,
    currencyCode: "USD",
  };
  const figures = [{ ...side, quickbooksEntryCount: 2n, quickbooksAmount: 80_00n, agreeingEntryCount: 2n }];
  const compareWithQuickBooks = vi.fn(async function* () {
    yield {
      update: { case: "progress" as const, value: { comparedDayCount: 1, totalDayCount: 3, readEntryCount: 40n } },
    };
    await promise;
    yield { update: { case: "day" as const, value: { txnDate: "2026-11-02", figures, findings: [finding] } } };
    yield { update: { case: "summary" as const, value: { agreeingEntryCount: 2n, missingEntryCount: 1n } } };
  });
  const { user } = renderPage(address, server({ compareWithQuickBooks }));
  const button = await screen.findByRole("button", { name: "Compare with QuickBooks" });
  await waitFor(() => expect((button as HTMLButtonElement).disabled).toBe(false));
  await user.click(button);
  expect(await screen.findByText("1 of 3 days compared, 40 entries read from QuickBooks")).toBeTruthy();
  resolve();
  expect(await screen.findByText("1 difference between QuickBooks and Tillpost")).toBeTruthy();
  const table = screen.getByRole("table", { name: "By day and location" });
  expect(within(table).getByText("$80.00")).toBeTruthy();
  expect(within(table).getByText("$40.00 less")).toBeTruthy();
  const differences = screen.getByRole("table", { name: "Differences" });
  expect(within(differences).getByText("Deleted in QuickBooks")).toBeTruthy();
  expect(within(differences).getByText("It was deleted there.")).toBeTruthy();
  expect(within(differences).getByRole("link", { name: "Show the event of entry 1001" })).toBeTruthy();
  expect(within(differences).queryByRole("link", { name: "Open entry 1001 in QuickBooks" })).toBeNull();
});

test("equal totals are no agreement where entries differ", async () => {
  const figures = [
    {
      locationId: "harbor",
      currencyCode: "USD",
      tillpostEntryCount: 3n,
      tillpostAmount: 120_00n,
      quickbooksEntryCount: 3n,
      quickbooksAmount: 120_00n,
      agreeingEntryCount: 2n,
    },
  ];
  const compareWithQuickBooks = async function* () {
    yield { update: { case: "day" as const, value: { txnDate: "2026-11-02", figures } } };
    yield { update: { case: "summary" as const, value: { agreeingEntryCount: 2n, changedEntryCount: 1n } } };
  };
  const { user } = renderPage(address, server({ compareWithQuickBooks }));
  const button = await screen.findByRole("button", { name: "Compare with QuickBooks" });
  await waitFor(() => expect((button as HTMLButtonElement).disabled).toBe(false));
  await user.click(button);
  expect(await screen.findByText("Entries differ")).toBeTruthy();
});

test("a comparison is stopped, and a failed one can be tried again", async () => {
  let calls = 0;
  const compareWithQuickBooks = async function* (_: unknown, { signal }: { signal: AbortSignal }) {
    calls++;
    if (calls > 1) {
      throw new ConnectError("gone", Code.Unavailable);
    }
    yield { update: { case: "progress" as const, value: { totalDayCount: 3 } } };
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  };
  const { user } = renderPage(address, server({ compareWithQuickBooks }));
  const button = await screen.findByRole("button", { name: "Compare with QuickBooks" });
  await waitFor(() => expect((button as HTMLButtonElement).disabled).toBe(false));
  await user.click(button);
  await user.click(await screen.findByRole("button", { name: "Stop" }));
  expect(await screen.findByText(/The comparison was stopped/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Compare with QuickBooks" }));
  expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
});

test("clearing accounts tell what waits and since when", async () => {
  const tender = { currencyCode: "USD", lastClearedTxnDate: "2026-11-03" };
  const accounts = [
    {
      accountId: "9",
      accountName: "Card Clearing:Visa",
      accountType: AccountType.OTHER_CURRENT_ASSET,
      tenders: [
        { ...tender, paymentType: "Visa", expectedBalance: 250_00n, oldestTxnDate: "2026-01-02" },
        { ...tender, paymentType: "Amex", expectedBalance: -3_00n, lastClearedTxnDate: "" },
      ],
    },
  ];
  renderPage(address, server({ listClearingAccounts: () => ({ accounts, fromTxnDate: "2025-12-01" }) }));
  const table = await screen.findByRole("table", { name: "Clearing accounts" });
  expect(within(table).getByText("$250.00")).toBeTruthy();
  expect(within(table).getByText("-$3.00")).toBeTruthy();
  expect(within(table).getByText("Paid out more than taken")).toBeTruthy();
  expect(within(table).getByText("Never")).toBeTruthy();
  expect(screen.getByText(/only those from Dec 1, 2025 on/)).toBeTruthy();
});

test("an account of several payment types has their sum, in one currency", async () => {
  const tender = (paymentType: string, expectedBalance: bigint, currencyCode = "USD") => ({
    paymentType,
    expectedBalance,
    currencyCode,
  });
  const accounts = [
    {
      accountId: "9",
      accountName: "Cards",
      expectedBalance: 7_00n,
      tenders: [tender("Amex", 3_00n), tender("Visa", 4_00n)],
    },
    { accountId: "8", accountName: "Abroad", tenders: [tender("Visa", 5_00n), tender("Amex", 6_00n, "CAD")] },
  ];
  renderPage(address, server({ listClearingAccounts: () => ({ accounts }) }));
  const table = within(await screen.findByRole("table", { name: "Clearing accounts" }));
  expect(table.getAllByRole("row")).toHaveLength(6); // the head, one sum, four payment types
  const sum = table.getByRole("row", { name: /2 payment types/ });
  expect(sum.textContent).toContain("Cards");
  expect(within(sum).getByText("$7.00")).toBeTruthy();
});

test("empty days and failures are told, with a way out", async () => {
  const { unmount } = renderPage(address, server({ getOverview: () => ({}) }));
  expect(await screen.findByText("Nothing was recorded on these days")).toBeTruthy();
  expect(screen.getByText("Nothing waits to reach the bank")).toBeTruthy();
  unmount();
  const getOverview = vi.fn(() => {
    throw new ConnectError("gone", Code.Unavailable);
  });
  const { user } = renderPage(address, server({ getOverview }));
  await screen.findByText("Tillpost cannot be reached");
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(getOverview).toHaveBeenCalledTimes(2));
});
