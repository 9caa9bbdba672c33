import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { screen, waitFor, within } from "@testing-library/react";
import { timestampFromDate } from "@tillpost/client";
import {
  type Backfill,
  Backfill_State,
  BackfillSchema,
  ConnectionHealth,
  EventKind,
  EventState,
  SyncStatusSchema,
} from "@tillpost/client/financial";
import { Connection_State } from "@tillpost/client/integration";
import { describe, expect, test } from "vitest";
import { type Methods, manager, renderPage } from "../../../../test/render.js";
import { timeLeft } from "./progress.js";
import { newer } from "./use-backfills.js";

const address = "integrations/quickbooks/status";
const at = (minute: number) => timestampFromDate(new Date(Date.UTC(2026, 10, 2, 12, minute)));

const backfill = (more: Partial<Backfill> = {}) =>
  create(BackfillSchema, {
    backfillId: "2",
    state: Backfill_State.RUNNING,
    fromBusinessDate: "2026-10-01",
    startedBy: "ann@shop.example",
    startTime: at(0),
    totalCount: 4_012n,
    bookedCount: 1_000n,
    actionRequiredCount: 12n,
    skippedCount: 3n,
    remainingCount: 2_997n,
    remainingDuration: { seconds: 720n },
    ...more,
  } as MessageInitShape<typeof BackfillSchema>);

/** A server with one backfill, which every call of it changes, and earlier ones. */
function server(first: Backfill, more: Methods["integration"] = {}, earlier: Backfill[] = []): Methods {
  let now = first;
  let told: () => void = () => undefined;
  const change = (state: Backfill_State) => () => {
    const ended = state === Backfill_State.CANCELLED && { endTime: at(9) };
    now = create(BackfillSchema, { ...now, state, changedBy: "bob", changeTime: at(9), ...ended });
    told();
    return { backfill: now };
  };
  return {
    integration: {
      getConnection: () => ({
        connection: { state: Connection_State.CONNECTED, realmId: "1", syncStarted: true, syncStartTime: at(0) },
      }),
      listBackfills: ({ pageSize }) => ({ backfills: [now, ...earlier].slice(0, pageSize) }),
      pauseBackfill: change(Backfill_State.PAUSED),
      resumeBackfill: change(Backfill_State.RUNNING),
      cancelBackfill: change(Backfill_State.CANCELLED),
      ...more,
    },
    financial: {
      async *watchSyncStatus(_, { signal }) {
        while (!signal.aborted) {
          const unfinished = now.state === Backfill_State.RUNNING || now.state === Backfill_State.PAUSED;
          const counts = [{ kind: EventKind.SALE, state: EventState.NEVER_SYNCED, count: 2_997n }];
          const status = { connectionHealth: ConnectionHealth.GOOD, syncStarted: true, counts };
          yield { status: unfinished ? { ...status, backfill: now } : status };
          await new Promise<void>((resolve) => {
            told = resolve;
            signal.addEventListener("abort", () => resolve());
          });
        }
      },
    },
  };
}

const card = () => screen.findByRole("region", { name: "Past events posted" });

test("a running backfill tells its counts and the time left, and is paused and resumed", async () => {
  const { user } = renderPage(address, server(backfill()));
  const operation = await card();
  expect(within(operation).getByText("From Oct 1, 2026 on")).toBeTruthy();
  const bar = within(operation).getByRole("progressbar", { name: "Past events posted" });
  expect(bar.getAttribute("aria-valuetext")).toBe("1,015 of 4,012 events done");
  expect(bar.getAttribute("aria-valuenow")).toBe("25");
  expect(within(operation).getByText("about 12 minutes left")).toBeTruthy();
  const errors = within(operation).getByRole("link", { name: "12" });
  expect(errors.getAttribute("href")).toBe(
    "/console/my-shop/integrations/quickbooks/events?from=2026-10-01&state=error",
  );
  expect(screen.queryByRole("button", { name: "Sync Past Events" })).toBeNull();
  await user.click(within(operation).getByRole("button", { name: "Pause" }));
  await user.click(await within(operation).findByRole("button", { name: "Resume" }));
  expect(await within(operation).findByRole("button", { name: "Pause" })).toBeTruthy();
});

test("canceling asks first, says what stays, and offers to choose again", async () => {
  const { user } = renderPage(address, server(backfill()));
  await user.click(await screen.findByRole("button", { name: "Cancel…" }));
  const dialog = await screen.findByRole("dialog", { name: "Cancel the rest?" });
  expect(within(dialog).getByText("1,000 events are in QuickBooks and stay there.")).toBeTruthy();
  expect(within(dialog).getByText(/^2,997 events are not posted/)).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Keep it" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.click(screen.getByRole("button", { name: "Cancel…" }));
  await user.click(await screen.findByRole("button", { name: "Cancel the rest" }));
  expect(await screen.findByText(/2,997 events were not posted/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Sync Past Events" })).toBeTruthy();
});

test("one that is done says what still waits, and those before it are listed", async () => {
  const counts = { totalCount: 10n, bookedCount: 8n, actionRequiredCount: 2n, skippedCount: 0n, remainingCount: 0n };
  const done = backfill({ ...counts, state: Backfill_State.DONE, endTime: at(5) });
  const before = backfill({ backfillId: "1", state: Backfill_State.CANCELLED, toBusinessDate: "2026-10-09" });
  renderPage(address, server(done, {}, [before]));
  expect(await screen.findByText(/2 of 10 events wait for you/)).toBeTruthy();
  const table = await screen.findByRole("table", { name: "Earlier posting of past events" });
  expect(await within(table).findByText("Oct 1, 2026 – Oct 9, 2026")).toBeTruthy();
  expect(within(table).getByText("1,000 of 4,012")).toBeTruthy();
  expect(within(table).getAllByText("Canceled")).toHaveLength(1);
});

test("what cannot be read or paused is told with a way out", async () => {
  const pauseBackfill = () => {
    throw new ConnectError("no answer", Code.Unavailable);
  };
  const { user } = renderPage(address, server(backfill(), { pauseBackfill }));
  await user.click(within(await card()).getByRole("button", { name: "Pause" }));
  expect(await screen.findByText("Tillpost cannot be reached")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
});

test("who may only read sees it and cannot change it", async () => {
  const reader = { ...manager, claims: { ...manager.claims, mayManage: false } };
  renderPage(address, server(backfill()), reader);
  const operation = await card();
  for (const name of ["Pause", "Cancel…"]) {
    expect((within(operation).getByRole("button", { name }) as HTMLButtonElement).disabled).toBe(true);
  }
});

describe("why nothing moves", () => {
  const status = (more: MessageInitShape<typeof SyncStatusSchema>) =>
    create(SyncStatusSchema, { syncStarted: true, connectionHealth: ConnectionHealth.GOOD, ...more });
  test.each([
    [status({}), "Working out the time left…"],
    [status({ syncStarted: false }), "Sync is paused, and past events with it. Resume sync to go on."],
    [
      status({ connectionHealth: ConnectionHealth.REAUTHORIZATION_REQUIRED }),
      "It goes on by itself when QuickBooks is connected again.",
    ],
    [
      status({ connectionHealth: ConnectionHealth.RETRYING }),
      "QuickBooks does not answer right now. It goes on by itself.",
    ],
  ])("%#: %s", (stands, sentence) => {
    const running = backfill();
    delete running.remainingDuration;
    expect(timeLeft(running, stands)).toBe(sentence);
  });
});

test("the newer word counts, whoever brings it", () => {
  const running = backfill();
  const paused = backfill({ state: Backfill_State.PAUSED, changeTime: at(1) });
  const third = backfill({ backfillId: "10" });
  expect(newer(undefined, undefined)).toBeUndefined();
  expect(newer(running, undefined)).toBe(running);
  expect(newer(running, paused)).toBe(paused);
  expect(newer(paused, running)).toBe(paused);
  expect(newer(running, third)).toBe(third);
});
