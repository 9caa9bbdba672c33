import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { render, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { timestampFromDate } from "@tillpost/client";
import { ConnectionHealth, EventKind, EventState, Reason, Role, SyncStatusSchema } from "@tillpost/client/financial";
import {
  AuthorizationWarning_Cause,
  type Connection,
  Connection_State,
  ConnectionSchema,
  ImportSummarySchema,
  SyncPastEventsRequest_OpeningStock,
} from "@tillpost/client/integration";
import { describe, expect, test, vi } from "vitest";
import { Look } from "../../../app.js";
import { connectionWord } from "../../../shell/connection.js";
import { tally } from "../../../shell/tally.js";
import { type Methods, manager, renderPage } from "../../../test/render.js";
import { steps } from "./checklist.js";
import { ConnectOutcome } from "./connection-card.js";
import { summaryText } from "./import-card.js";

const address = "integrations/quickbooks/status";
const then = timestampFromDate(new Date("2026-11-02T12:00:00Z"));
const later = timestampFromDate(new Date(Date.now() + 90 * 86_400_000));

const connected = (more: Partial<Connection> = {}) =>
  create(ConnectionSchema, {
    state: Connection_State.CONNECTED,
    realmId: "1",
    companyName: "Harbor & Pine",
    connectedBy: "ann@shop.example",
    homeCurrencyCode: "USD",
    connectTime: then,
    authorizationExpireTime: later,
    ...more,
  } as never);

const started = { accountsImportTime: then, accountCount: 12, syncStarted: true, syncStartTime: then };

/** A server with this connection, whose status is good. */
function server(connection: Connection, more: Methods["integration"] = {}, health = ConnectionHealth.GOOD): Methods {
  return {
    integration: { getConnection: () => ({ connection }), listBackfills: () => ({}), ...more },
    financial: {
      listMappings: () => ({ slots: [] }),
      async *watchSyncStatus(_, { signal }) {
        yield {
          status: {
            connectionHealth: health,
            syncStarted: connection.syncStarted,
            summary: "Things are good.",
            counts: [{ kind: EventKind.SALE, state: EventState.NEVER_SYNCED, count: 7n }],
            totalCount: 7n,
          },
        };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    },
  };
}

describe("where the connection stands", () => {
  test.each([
    [ConnectionHealth.NOT_CONNECTED, false, "not-connected"],
    [ConnectionHealth.GOOD, true, "good"],
    [ConnectionHealth.GOOD, false, "paused"],
    [ConnectionHealth.RETRYING, true, "retrying"],
    [ConnectionHealth.REAUTHORIZATION_REQUIRED, true, "reauthorize"],
  ])("%s, started %s: %s", (connectionHealth, syncStarted, word) => {
    expect(connectionWord(create(SyncStatusSchema, { connectionHealth, syncStarted }), undefined)).toBe(word);
  });

  test("without a status the connection's own word counts", () => {
    expect(connectionWord(undefined, undefined)).toBe("loading");
    expect(connectionWord(undefined, connected())).toBe("not-started");
    expect(connectionWord(undefined, connected({ syncStartTime: then }))).toBe("paused");
  });
});

test("counts are added up by what people ask for", () => {
  const status = create(SyncStatusSchema, {
    totalCount: 21n,
    counts: [
      { state: EventState.SYNCED, count: 10n },
      { state: EventState.PENDING, count: 1n },
      { state: EventState.PROCESSING, count: 2n },
      { state: EventState.NEVER_SYNCED, count: 3n },
      { state: EventState.SKIPPED, count: 1n },
      { state: EventState.ACTION_REQUIRED, reason: Reason.UNMAPPED, count: 1n },
      { state: EventState.ACTION_REQUIRED, reason: Reason.PERIOD_CLOSED, count: 3n },
    ],
  });
  expect(tally(status)).toEqual({
    ...{ synced: 10n, waiting: 3n, past: 3n, errors: 4n, aside: 1n, total: 21n },
    causes: [
      { reason: Reason.PERIOD_CLOSED, count: 3n },
      { reason: Reason.UNMAPPED, count: 1n },
    ],
  });
});

test("the first steps are done one after another", () => {
  const done = (connection: Connection | undefined, missing: number | undefined) =>
    steps(connection, missing)
      .filter((step) => step.done)
      .map((step) => step.id);
  expect(done(undefined, 0)).toEqual([]);
  expect(done(connected(), 3)).toEqual(["connect"]);
  expect(done(connected({ accountsImportTime: then }), 3)).toEqual(["connect", "import"]);
  expect(done(connected(started), 0)).toEqual(["connect", "import", "map", "start"]);
});

test("before the first event nothing is called mapped, and sync can be started", async () => {
  expect(steps(connected(started), 0, 0n).find(({ id }) => id === "map")?.done).toBe(false);
  const methods = server(connected({ accountsImportTime: then }));
  const financial: Methods["financial"] = {
    ...methods.financial,
    async *watchSyncStatus(_, { signal }) {
      yield { status: { connectionHealth: ConnectionHealth.GOOD } };
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  };
  renderPage(address, { ...methods, financial });
  expect(await screen.findByText(/No event has come in yet/)).toBeTruthy();
  expect(screen.getByText("2 of 4 done")).toBeTruthy();
  expect(screen.getByRole("heading", { name: "Connected; sync is not started" })).toBeTruthy();
  expect(screen.getByRole("button", { name: "Start Sync" })).toBeTruthy();
  expect(screen.queryByRole("link", { name: "Map accounts" })).toBeNull();
});

test("places without an account are counted as the matrix shows them, and a failed start is told", async () => {
  const methods = server(connected({ accountsImportTime: then }));
  const at = (key: string, locationId: string) => ({ slot: { role: Role.PAYMENT, key, locationId } });
  const listMappings = () => ({ slots: [at("Visa", "harbor"), at("Visa", "pine"), at("Cash", "pine")] });
  const startSync = () => {
    throw new ConnectError("gone", Code.Unavailable);
  };
  const integration = { ...methods.integration, startSync };
  const { user } = renderPage(address, { integration, financial: { ...methods.financial, listMappings } });
  expect(await screen.findByText(/^2 of your payment types, item classes and taxes have no account yet/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Start Sync" }));
  const steps = screen.getByRole("region", { name: "Get started" });
  expect(await within(steps).findByText("Tillpost cannot be reached")).toBeTruthy();
});

test("an import says what it changed", () => {
  expect(summaryText(create(ImportSummarySchema, {}))).toBe("Nothing has changed since the last import.");
  expect(
    summaryText(
      create(ImportSummarySchema, { newCount: 3, changedCount: 1, restoredCount: 2, releasedEventCount: 1n }),
    ),
  ).toBe("3 new, 1 changed, 2 restored. 1 waiting event can be posted now.");
});

test("a newcomer is led to connect, and refusing it changes nothing", async () => {
  const connection = create(ConnectionSchema, { state: Connection_State.NOT_CONNECTED });
  const { user } = renderPage(address, server(connection, {}, ConnectionHealth.NOT_CONNECTED));
  expect(await screen.findByRole("heading", { name: "QuickBooks is not connected" })).toBeTruthy();
  expect(screen.getByText("0 of 4 done")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /^Disconnect/ })).toBeNull();
  vi.spyOn(window, "open").mockReturnValue(null);
  await user.click(screen.getByRole("button", { name: "Connect to QuickBooks" }));
  expect(await screen.findByText(/Your browser blocked the QuickBooks window/)).toBeTruthy();
});

test("the import shows its progress, then what it changed", async () => {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { user } = renderPage(
    address,
    server(connected(), {
      async *importAccounts() {
        yield { update: { case: "progress", value: { readCount: 40, totalCount: 120 } } };
        await finished;
        yield { update: { case: "summary", value: { totalCount: 120, newCount: 120 } } };
      },
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Import Accounts" }));
  expect(await screen.findByText("40 of 120 accounts")).toBeTruthy();
  expect(screen.getByRole("progressbar", { name: "Importing accounts" })).toBeTruthy();
  finish();
  expect(await screen.findByText("120 accounts imported")).toBeTruthy();
  expect(screen.getByText("120 new.")).toBeTruthy();
});

test("disconnecting asks first and says what it keeps", async () => {
  const disconnect = vi.fn(() => ({ revokedAtIntuit: false }));
  const { user } = renderPage(address, server(connected(started), { disconnect }));
  await user.click(await screen.findByRole("button", { name: "Disconnect…" }));
  const dialog = await screen.findByRole("dialog", { name: "Disconnect Harbor & Pine?" });
  expect(within(dialog).getByText("every event and its history")).toBeTruthy();
  expect(disconnect).not.toHaveBeenCalled();
  await user.click(within(dialog).getByRole("button", { name: "Disconnect" }));
  await waitFor(() => expect(disconnect).toHaveBeenCalledOnce());
  expect(await screen.findByText(/Intuit could not be told/)).toBeTruthy();
});

test.each([
  [AuthorizationWarning_Cause.UNUSED, 0],
  [AuthorizationWarning_Cause.FINAL, 1],
])(
  "the end of the authorization is warned of, with a way to renew it where only a person can: %s",
  async (cause, buttons) => {
    const authorizationWarning = { cause, expireTime: later, message: "It ends soon.", remedy: "Do this." };
    renderPage(address, server(connected({ ...started, authorizationWarning } as never)));
    expect(await screen.findByText("It ends soon.")).toBeTruthy();
    expect(screen.getByText("Do this.")).toBeTruthy();
    expect(screen.queryAllByRole("button", { name: "Connect again" })).toHaveLength(buttons);
  },
);

/** A popup that ended with a reason. */
const failing = (reason: string, metadata: Record<string, string> = {}) => ({
  busy: false,
  result: { outcome: "failed" as const, reason, metadata, connection: undefined },
  error: undefined,
  start: vi.fn(),
  startElsewhere: vi.fn(),
  startAbandoning: vi.fn(),
  forget: vi.fn(),
});

test.each([
  ["its day is over", { abandon_time: "2025-11-02T12:00:00Z" }],
  ["the server says no time", {}],
])("a company that is gone is left only after a warning of what it means: %s", async (_, metadata) => {
  const connecting = failing("ENTRIES_UNSETTLED", metadata);
  render(
    <Look env="test">
      <ConnectOutcome connecting={connecting} />
    </Look>,
  );
  expect(screen.getByText(/Connect the former company again/)).toBeTruthy();
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: "It can never be reached again…" }));
  const dialog = await screen.findByRole("dialog", { name: "Go on without knowing what was booked?" });
  expect(within(dialog).getByText(/never posted by themselves/)).toBeTruthy();
  expect(within(dialog).getByText(/every mapping of the former company/)).toBeTruthy();
  expect(connecting.startAbandoning).not.toHaveBeenCalled();
  await user.click(within(dialog).getByRole("button", { name: "Go on without knowing" }));
  expect(connecting.startAbandoning).toHaveBeenCalledOnce();
  expect(connecting.startElsewhere).not.toHaveBeenCalled();
});

test("before its day is over, a company that is gone cannot be left", () => {
  const connecting = failing("ENTRIES_UNSETTLED", { abandon_time: new Date(Date.now() + 3_600_000).toISOString() });
  render(
    <Look env="test">
      <ConnectOutcome connecting={connecting} />
    </Look>,
  );
  expect(screen.getByText(/you can go on without it from .* on/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "It can never be reached again…" })).toBeNull();
});

test("another company is a mistake until it is confirmed", async () => {
  const connecting = failing("OTHER_COMPANY");
  render(
    <Look env="test">
      <ConnectOutcome connecting={connecting} />
    </Look>,
  );
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: "Go on in another company…" }));
  const dialog = await screen.findByRole("dialog", { name: "Go on in another QuickBooks company?" });
  expect(within(dialog).getByText(/stays there, and is not booked again/)).toBeTruthy();
  expect(connecting.startElsewhere).not.toHaveBeenCalled();
  await user.click(within(dialog).getByRole("button", { name: "Choose the company" }));
  expect(connecting.startElsewhere).toHaveBeenCalledOnce();
  expect(connecting.start).not.toHaveBeenCalled();
});

test("past events are counted before they are posted, and opening stock is decided first", async () => {
  const asked: { preview: boolean; openingStock: SyncPastEventsRequest_OpeningStock }[] = [];
  const { user } = renderPage(
    address,
    server(connected(started), {
      syncPastEvents(request) {
        asked.push({ preview: request.preview, openingStock: request.openingStock });
        const undecided = request.openingStock === SyncPastEventsRequest_OpeningStock.UNSPECIFIED;
        return {
          eventCount: 7n,
          openingStockEventCount: 2n,
          openingStockAmount: 100_00n,
          openingStockUndecided: undecided,
          kinds: [{ kind: 1, eventCount: 7n, firstBusinessDate: "2026-10-01", lastBusinessDate: "2026-10-03" }],
        };
      },
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Sync Past Events" }));
  const post = await screen.findByRole("button", { name: "Sync 7 events" });
  expect(screen.getByText("Oct 1, 2026 – Oct 3, 2026")).toBeTruthy();
  expect((post as HTMLButtonElement).disabled).toBe(true);
  await user.click(screen.getByRole("radio", { name: /^Skip opening stock/ }));
  await waitFor(() => expect((post as HTMLButtonElement).disabled).toBe(false));
  await user.click(post);
  await screen.findByText("7 past events on the way to QuickBooks.");
  expect(asked.at(-1)?.preview).toBe(false);
  expect(asked.filter((request) => !request.preview)).toHaveLength(1);
});

test("who may only read is told so, and can change nothing", async () => {
  const reader = { ...manager, claims: { ...manager.claims, mayManage: false } };
  renderPage(address, server(connected(started)), reader);
  expect(await screen.findByText(/your role lacks the right to manage/)).toBeTruthy();
  const pause = await screen.findByRole("button", { name: "Pause" });
  expect((pause as HTMLButtonElement).disabled).toBe(true);
});
