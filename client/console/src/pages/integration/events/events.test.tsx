import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { screen, waitFor, within } from "@testing-library/react";
import {
  ConnectionHealth,
  EventKind,
  EventState,
  EventViewSchema,
  JournalLine_Side,
  Reason,
  Role,
  SlotUse_Source,
} from "@tillpost/client/financial";
import { describe, expect, test, vi } from "vitest";
import { type Methods, renderPage } from "../../../test/render.js";
import { hasFilters, kindWords, noFilters, readFilters, reasonWords } from "./filters.js";
import { fixOf } from "./fixes.js";

const address = "integrations/quickbooks/events";

const failed = create(EventViewSchema, {
  event: {
    eventId: "ticket-1",
    number: "1001",
    businessDate: "2026-11-02",
    locationId: "harbor",
    currencyCode: "USD",
    revision: 1,
  },
  kind: EventKind.SALE,
  state: EventState.ACTION_REQUIRED,
  amount: 27_00n,
  problem: {
    reason: Reason.UNMAPPED,
    message: "No account is mapped for the payment type Visa.",
    remedy: "Map it.",
    slots: [{ role: Role.PAYMENT, key: "Visa" }],
  },
});

function server(financial: Methods["financial"] = {}): Methods {
  return {
    integration: { getConnection: () => ({}) },
    financial: {
      listEvents: () => ({ events: [failed] }),
      listLocations: () => ({ locations: [{ locationId: "harbor" }] }),
      listMappings: () => ({
        slots: [{ slot: { role: Role.PAYMENT, key: "Visa" }, source: SlotUse_Source.MISSING, waitingEventCount: 4n }],
      }),
      getEvent: () => ({ event: failed }),
      previewEvent: () => ({ problem: failed.problem ?? {} }),
      async *watchSyncStatus(_, { signal }) {
        const counts = [
          { kind: EventKind.SALE, state: EventState.ACTION_REQUIRED, reason: Reason.UNMAPPED, count: 4n },
        ];
        yield { status: { connectionHealth: ConnectionHealth.GOOD, syncStarted: true, totalCount: 4n, counts } };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
      ...financial,
    },
  };
}

describe("filters in the address", () => {
  test("every word is read back", () => {
    expect(kindWords).toContain("gift-card-adjustment");
    for (const kind of kindWords) {
      expect(hasFilters(readFilters({ kind }))).toBe(true);
    }
    for (const reason of reasonWords) {
      expect(readFilters({ reason }).states).toEqual([EventState.ACTION_REQUIRED]);
    }
  });

  test("what makes no sense is left out", () => {
    const filters = readFilters({
      state: "constructor",
      kind: "toString",
      from: "soon",
      location: "a b",
      search: "  7 ",
    });
    expect(filters).toMatchObject({ states: [], kind: 0, fromBusinessDate: "", locationId: "", search: "7" });
    expect(hasFilters(readFilters(noFilters))).toBe(false);
  });
});

test("each cause has the button that fixes it", () => {
  expect(fixOf(Reason.UNMAPPED)).toBe("map");
  expect(fixOf(Reason.ACCOUNT_DELETED)).toBe("import");
  expect(fixOf(Reason.PERIOD_CLOSED)).toBe("open-day");
  expect(fixOf(Reason.OUT_OF_BALANCE)).toBe("rounding");
  expect(fixOf(Reason.CURRENCY_MISMATCH)).toBe("skip");
  expect(fixOf(Reason.NUMBER_TAKEN)).toBe("retry");
  expect(fixOf(Reason.OUTCOME_LOST)).toBe("look");
  expect(fixOf(Reason.FORMER_COMPANY)).toBe("skip");
});

test("the list asks for what the address says, and a tile changes the address", async () => {
  const listEvents = vi.fn(() => ({ events: [] }));
  const { user, history } = renderPage(
    `${address}?kind=payout&from=2026-11-01&location=harbor`,
    server({ listEvents }),
  );
  expect(await screen.findByText("No event matches these filters")).toBeTruthy();
  const wanted = { kind: EventKind.PAYOUT, fromBusinessDate: "2026-11-01", locationId: "harbor", pageSize: 50 };
  expect(listEvents).toHaveBeenLastCalledWith(expect.objectContaining(wanted), expect.anything());
  await user.type(screen.getByRole("searchbox", { name: "Number or event id" }), "10");
  await waitFor(() => {
    expect(listEvents).toHaveBeenLastCalledWith(expect.objectContaining({ search: "10" }), expect.anything());
  });
  await user.click(screen.getByRole("button", { name: /^Show not synced/ }));
  const states = [EventState.NEVER_SYNCED, EventState.PENDING, EventState.PROCESSING];
  await waitFor(() => {
    expect(listEvents).toHaveBeenLastCalledWith(expect.objectContaining({ states }), expect.anything());
  });
  await user.click(screen.getByRole("button", { name: /^Show errors: 4/ }));
  await waitFor(() => expect(history.location.search).toContain("state=error"));
  expect(history.location.search).toContain("kind=payout");
});

test("pages follow the server's tokens, and back", async () => {
  const listEvents = vi.fn(({ pageToken }: { pageToken: string }) => ({
    events: [failed],
    nextPageToken: pageToken === "" ? "second" : "",
  }));
  const { user } = renderPage(address, server({ listEvents }));
  await user.click(await screen.findByRole("button", { name: "Next page" }));
  await waitFor(() => {
    expect(listEvents).toHaveBeenLastCalledWith(expect.objectContaining({ pageToken: "second" }), expect.anything());
  });
  expect(await screen.findByText("Rows 51–51")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Previous page" }));
  expect(await screen.findByText("Rows 1–1")).toBeTruthy();
});

test("errors are grouped by cause, with the places to map, and retried together", async () => {
  const retryEvents = vi.fn(() => ({ retriedEventCount: 4n }));
  const { user } = renderPage(address, server({ retryEvents }));
  const causes = await screen.findByRole("region", { name: "What needs you" });
  expect(await within(causes).findByText("Payment: Visa.")).toBeTruthy();
  await user.click(within(causes).getByRole("button", { name: "Retry all" }));
  await screen.findByText("4 events will be tried again.");
  expect(retryEvents).toHaveBeenCalledWith(
    expect.objectContaining({ reason: Reason.UNMAPPED, eventIds: [] }),
    expect.anything(),
  );
});

test("what a cause shows is scrolled into sight and counted", async () => {
  const scroll = vi.spyOn(Element.prototype, "scrollIntoView");
  const { user, history } = renderPage(address, server());
  await user.click(await screen.findByRole("button", { name: "Show events: No account is mapped" }));
  await waitFor(() => expect(history.location.search).toContain("reason=unmapped"));
  expect(scroll).toHaveBeenCalled();
  expect(await screen.findByText("1 event found")).toBeTruthy();
});

test("sales out of balance by a few cents can be allowed", async () => {
  const updateSettings = vi.fn(() => ({}));
  const counts = [
    { kind: EventKind.SALE, state: EventState.ACTION_REQUIRED, reason: Reason.OUT_OF_BALANCE, count: 2n },
  ];
  const methods = server({
    async *watchSyncStatus(_, { signal }) {
      yield { status: { connectionHealth: ConnectionHealth.GOOD, totalCount: 2n, counts } };
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  });
  const integration = {
    ...methods.integration,
    getSettings: () => ({ settings: { roundingLimit: 3n } }),
    updateSettings,
  };
  const { user } = renderPage(address, { ...methods, integration });
  await user.click(await screen.findByRole("button", { name: "Allow small differences" }));
  const dialog = await screen.findByRole("dialog", { name: "Allow small differences?" });
  const limit = within(dialog).getByRole("textbox", { name: /Up to, in cents/ });
  await waitFor(() => expect((limit as HTMLInputElement).value).toBe("3"));
  await user.clear(limit);
  await user.type(limit, "5");
  await user.click(within(dialog).getByRole("button", { name: "Allow small differences" }));
  await screen.findByText("Saved. The events that waited are judged again.");
  const settings = expect.objectContaining({ roundingLimit: 5n });
  expect(updateSettings).toHaveBeenCalledWith(expect.objectContaining({ settings }), expect.anything());
});

test("skipping selected events needs a reason", async () => {
  const skipEvents = vi.fn(() => ({ changedEventCount: 1n }));
  const { user } = renderPage(address, server({ skipEvents }));
  await user.click(await screen.findByRole("checkbox", { name: "Select event 1001" }));
  await user.click(screen.getByRole("button", { name: "Skip…" }));
  const dialog = await screen.findByRole("dialog", { name: "Skip this event?" });
  const skip = within(dialog).getByRole("button", { name: "Skip" });
  expect((skip as HTMLButtonElement).disabled).toBe(true);
  await user.type(within(dialog).getByRole("textbox", { name: /^Reason/ }), "Booked by hand");
  await user.click(skip);
  await screen.findByText("1 event skipped.");
  expect(skipEvents).toHaveBeenCalledWith(
    expect.objectContaining({ eventIds: ["ticket-1"], note: "Booked by hand", unskip: false }),
    expect.anything(),
  );
});

test("all events of a cause are skipped by their ids, and put back", async () => {
  const skipEvents = vi.fn(() => ({ changedEventCount: 1n }));
  const { user } = renderPage(address, server({ skipEvents }));
  await user.click(await screen.findByRole("button", { name: "Skip all events: No account is mapped" }));
  const dialog = await screen.findByRole("dialog", { name: "Skip all 4 events with this cause?" });
  await user.type(within(dialog).getByRole("textbox", { name: /^Reason/ }), "Booked by hand");
  await user.click(within(dialog).getByRole("button", { name: "Skip 4 events" }));
  await user.click(await screen.findByRole("button", { name: "Put back" }));
  await screen.findByText("1 event put back.");
  const calls = skipEvents.mock.calls.map(([request]: unknown[]) => request);
  expect(calls).toEqual([
    expect.objectContaining({ reason: Reason.UNMAPPED, eventIds: ["ticket-1"], note: "Booked by hand", unskip: false }),
    expect.objectContaining({ reason: Reason.UNSPECIFIED, eventIds: ["ticket-1"], unskip: true }),
  ]);
});

test("events of a cause that are too many to be named are skipped by the cause", async () => {
  const skipEvents = vi.fn(() => ({ changedEventCount: 1_002n }));
  const listEvents = () => ({ events: [failed], nextPageToken: "more" });
  const { user } = renderPage(address, server({ skipEvents, listEvents }));
  await user.click(await screen.findByRole("button", { name: "Skip all events: No account is mapped" }));
  const dialog = await screen.findByRole("dialog", { name: "Skip all 4 events with this cause?" });
  await user.type(within(dialog).getByRole("textbox", { name: /^Reason/ }), "Booked by hand");
  await user.click(within(dialog).getByRole("button", { name: "Skip 4 events" }));
  await screen.findByText("1,002 events skipped.");
  expect(screen.queryByRole("button", { name: "Put back" })).toBeNull();
  expect(skipEvents).toHaveBeenCalledWith(
    expect.objectContaining({ reason: Reason.UNMAPPED, eventIds: [] }),
    expect.anything(),
  );
});

test("the drawer tells why an event waits, and shows its entry line by line", async () => {
  const entry = {
    currencyCode: "USD",
    totalAmount: 27_00n,
    lines: [
      {
        side: JournalLine_Side.DEBIT,
        amount: 27_00n,
        accountId: "1",
        accountName: "Bank:Cash",
        slots: [{ role: Role.PAYMENT, key: "Cash" }],
      },
      {
        side: JournalLine_Side.CREDIT,
        amount: 27_00n,
        accountId: "2",
        accountName: "Sales",
        slots: [{ role: Role.REVENUE, key: "Shirts" }],
      },
    ],
  };
  const { user } = renderPage(address, server({ previewEvent: () => ({ entry }) }));
  await user.click(await screen.findByRole("button", { name: "Open event 1001" }));
  const drawer = await screen.findByRole("dialog", { name: "Event 1001" });
  expect(within(drawer).getByText("No account is mapped for the payment type Visa.")).toBeTruthy();
  expect(await within(drawer).findByRole("heading", { name: "Journal entry as it would post" })).toBeTruthy();
  expect(within(drawer).getByText("Revenue: Shirts")).toBeTruthy();
  expect(within(drawer).getAllByText("$27.00")).toHaveLength(5);
});

/** The same, waiting for another reason. */
const waitingFor = (reason: Reason) => {
  const { event = {}, kind, state, amount } = failed;
  return create(EventViewSchema, { event, kind, state, amount, problem: { reason, message: "It says why." } });
};

test.each([
  ["out of balance", Reason.OUT_OF_BALANCE, "Allow small differences", true],
  ["in closed books", Reason.PERIOD_CLOSED, "Post on first open day", true],
  ["without its account", Reason.ACCOUNT_DELETED, "Import accounts", true],
  ["in another currency", Reason.CURRENCY_MISMATCH, "Skip…", false],
])("the drawer of an event %s offers what fixes it", async (_, reason, button, retry) => {
  renderPage(`${address}?event=ticket-1`, server({ getEvent: () => ({ event: waitingFor(reason) }) }));
  const drawer = await screen.findByRole("dialog", { name: "Event 1001" });
  expect(within(drawer).getByRole("button", { name: button })).toBeTruthy();
  expect(within(drawer).queryAllByRole("button", { name: "Retry" })).toHaveLength(retry ? 1 : 0);
});

test("one event of closed books is posted on the first open day, and no other", async () => {
  const retryEvents = vi.fn(() => ({ retriedEventCount: 1n }));
  const getEvent = () => ({ event: waitingFor(Reason.PERIOD_CLOSED) });
  const { user } = renderPage(`${address}?event=ticket-1`, server({ getEvent, retryEvents }));
  await user.click(await screen.findByRole("button", { name: "Post on first open day" }));
  const dialog = await screen.findByRole("dialog", { name: "Post on the first open day?" });
  await user.click(within(dialog).getByRole("button", { name: "Post on first open day" }));
  await screen.findByText("1 event will be tried again.");
  const asked = { eventIds: ["ticket-1"], reason: Reason.UNSPECIFIED, postOnFirstOpenDay: true };
  expect(retryEvents).toHaveBeenCalledWith(expect.objectContaining(asked), expect.anything());
});

test("an import that fails is not called done", async () => {
  const importAccounts = vi.fn(() => {
    throw new ConnectError("gone", Code.Unavailable);
  });
  const getEvent = () => ({ event: waitingFor(Reason.ACCOUNT_DELETED) });
  const methods = server({ getEvent });
  const { user } = renderPage(`${address}?event=ticket-1`, {
    ...methods,
    integration: { ...methods.integration, importAccounts },
  });
  await user.click(await screen.findByRole("button", { name: "Import accounts" }));
  expect(await screen.findByText("Tillpost cannot be reached")).toBeTruthy();
  expect(screen.queryByText(/imported/)).toBeNull();
});

test("a link to no event says so, and leads back to the list", async () => {
  const getEvent = () => {
    throw new ConnectError("no such event", Code.NotFound);
  };
  const { user, history } = renderPage(`${address}?event=nope`, server({ getEvent }));
  const drawer = await screen.findByRole("dialog", { name: "Event" });
  await user.click(await within(drawer).findByRole("button", { name: "Back to the list" }));
  await waitFor(() => expect(history.location.search).not.toContain("event="));
});

test("an entry that was only sent is not called the journal entry", async () => {
  const entry = { currencyCode: "USD", totalAmount: 1_00n, lines: [] };
  renderPage(`${address}?event=ticket-1`, server({ getEvent: () => ({ event: failed, entry }) }));
  const drawer = await screen.findByRole("dialog", { name: "Event 1001" });
  expect(await within(drawer).findByRole("heading", { name: "Journal entry as last sent" })).toBeTruthy();
  expect(await within(drawer).findByText("It can be made as soon as the cause above is solved.")).toBeTruthy();
});

test("while nothing is known the counts claim nothing", async () => {
  const watchSyncStatus = () => {
    throw new ConnectError("no", Code.PermissionDenied);
  };
  renderPage(address, server({ watchSyncStatus }));
  await screen.findByRole("button", { name: "Open event 1001" });
  expect(screen.queryByText("Nothing needs you")).toBeNull();
});

test("an event that may be booked in a former company is retried only by a person who has looked", async () => {
  const retryEvents = vi.fn(() => ({ retriedEventCount: 1n }));
  const problem = { reason: Reason.OUTCOME_LOST, message: "It may be booked there." };
  const doubtful = create(EventViewSchema, { event: failed.event ?? {}, state: failed.state, problem });
  const { user } = renderPage(address, server({ retryEvents, listEvents: () => ({ events: [doubtful] }) }));
  const retry = async (answer: string) => {
    await user.click(screen.getByRole("button", { name: "Retry" }));
    const dialog = await screen.findByRole("dialog", { name: "Post an event that may be booked already?" });
    await user.click(within(dialog).getByRole("button", { name: answer }));
  };
  await user.click(await screen.findByRole("checkbox", { name: "Select event 1001" }));
  await retry("Cancel");
  expect(retryEvents).not.toHaveBeenCalled();
  await retry("I have looked; post");
  await screen.findByText("1 event will be tried again.");
  const asked = expect.objectContaining({ eventIds: ["ticket-1"], reason: Reason.UNSPECIFIED });
  expect(retryEvents).toHaveBeenCalledWith(asked, expect.anything());
});

test("a server that is away is told as a sentence with a way out", async () => {
  const listEvents = vi.fn(() => {
    throw new ConnectError("gone", Code.Unavailable);
  });
  const { user } = renderPage(address, server({ listEvents }));
  expect(await screen.findByText("Tillpost cannot be reached")).toBeTruthy();
  const before = listEvents.mock.calls.length;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(listEvents.mock.calls.length).toBeGreaterThan(before));
});
