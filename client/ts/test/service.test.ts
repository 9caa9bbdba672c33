// The package against the real program, from nothing to booked entries.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import {
  createTillpost,
  hasReason,
  importAccounts,
  openConnectPopup,
  type Tillpost,
  TillpostError,
  watchSyncStatus,
} from "@tillpost/client";
import { AccountType, EventState, RecordEventResult_Status, Role } from "@tillpost/client/financial";
import { Connection_Environment, Connection_State, type ImportProgress } from "@tillpost/client/integration";
import { failure } from "./fake.js";
import { popupBrowser } from "./popup-browser.js";
import { type Service, startService } from "./program.js";

let service: Service;
let tillpost: Tillpost;
before(async () => {
  service = await startService();
  tillpost = createTillpost({ baseUrl: service.url, token: service.token });
});
after(() => service.stop());

/** Connects a retailer through the popup. */
function connect(retailerId: string, decision: "authorize" | "cancel") {
  const window = popupBrowser(service.url, decision);
  return Promise.race([openConnectPopup(tillpost, retailerId, { window }), window.failed]);
}

/** A cash sale; every n makes another one. */
function sale(n: number) {
  const amount = 2_500n + BigInt(n);
  return {
    eventId: `sale-${n}`,
    number: `T${n}`,
    revision: 1,
    locationId: "store-1",
    occurTime: timestampFromDate(new Date("2026-11-02T18:00:00Z")),
    businessDate: "2026-11-02",
    currencyCode: "USD",
    detail: {
      case: "sale" as const,
      value: { tenders: [{ paymentType: "Cash", amount }], lines: [{ itemClass: "Shirts", netAmount: amount }] },
    },
  };
}

test("a retailer goes from nothing to booked entries", { timeout: 60_000 }, async () => {
  const retailerId = "harbor-pine";
  const { outcome, reason, connection } = await connect(retailerId, "authorize");
  assert.deepEqual([outcome, reason], ["connected", ""]);
  assert.equal(connection?.state, Connection_State.CONNECTED);
  assert.equal(connection.environment, Connection_Environment.SIMULATOR);

  const progress: ImportProgress[] = [];
  const summary = await importAccounts(tillpost, retailerId, (p) => progress.push(p));
  assert.ok(summary.totalCount > 0);
  assert.equal(progress.at(-1)?.readCount, summary.totalCount);

  for (const [role, type] of [
    [Role.PAYMENT, AccountType.BANK],
    [Role.REVENUE, AccountType.INCOME],
  ] as const) {
    const { accounts } = await tillpost.financial.listAccounts({ retailerId, type, pageSize: 1 });
    await tillpost.financial.mapEvent({ retailerId, slot: { role }, accountId: accounts[0]?.accountId ?? "" });
  }
  await tillpost.integration.startSync({ retailerId });

  const events = Array.from({ length: 50 }, (_, n) => sale(n));
  const { results } = await tillpost.financial.recordEvents({ retailerId, events });
  assert.ok(results.every(({ status }) => status === RecordEventResult_Status.ACCEPTED));
  const again = await tillpost.financial.recordEvents({ retailerId, events: [sale(0)] });
  assert.equal(again.results[0]?.status, RecordEventResult_Status.DUPLICATE);

  for await (const { counts } of watchSyncStatus(tillpost, retailerId)) {
    const synced = counts.filter(({ state }) => state === EventState.SYNCED);
    if (synced.reduce((sum, { count }) => sum + count, 0n) === 50n) {
      break;
    }
  }
  const { event, entry } = await tillpost.financial.getEvent({ retailerId, eventId: "sale-7" });
  assert.equal(event?.state, EventState.SYNCED);
  assert.equal(entry?.totalAmount, 2_507n);
});

test("a retailer that cancels is told apart from one that fails", async () => {
  const { outcome, reason, connection } = await connect("careful", "cancel");
  assert.deepEqual([outcome, reason], ["refused", "AUTHORIZATION_REFUSED"]);
  assert.equal(connection?.state, Connection_State.NOT_CONNECTED);
});

test("the watch goes on over a restart of the server, and so do calls", { timeout: 60_000 }, async () => {
  const retailerId = "restart-shop";
  const lost: string[] = [];
  const onReconnect = ({ code }: TillpostError) => lost.push(Code[code]);
  for await (const { totalCount } of watchSyncStatus(tillpost, retailerId, { onReconnect })) {
    if (totalCount === 1n) {
      break;
    }
    if (lost.length === 0) {
      await service.restart();
      await tillpost.financial.recordEvents({ retailerId, events: [sale(0)] });
    }
  }
  assert.ok(lost.length > 0);
  assert.ok(lost.every((code) => code === "Unavailable"));
});

test("the server's errors keep their reason, facts and fields", async () => {
  const missing = await failure(tillpost.financial.getEvent({ retailerId: "nobody", eventId: "none" }));
  assert.ok(hasReason(missing, "EVENT_NOT_FOUND"));
  assert.equal(missing.code, Code.NotFound);

  const malformed = await failure(tillpost.financial.listAccounts({ retailerId: "not valid!", pageSize: -1 }));
  assert.ok(hasReason(malformed, "INVALID_REQUEST"));
  assert.deepEqual(malformed.violations.map(({ field }) => field).sort(), ["page_size", "retailer_id"]);

  const stream = await failure(importAccounts(tillpost, "nobody"));
  assert.ok(hasReason(stream, "NOT_CONNECTED"));
  assert.equal(stream.code, Code.FailedPrecondition);

  const json = createTillpost({ baseUrl: service.url, token: service.token, format: "json" });
  assert.ok(hasReason(await failure(importAccounts(json, "nobody")), "NOT_CONNECTED"));
  assert.equal((await json.financial.syncStatus({ retailerId: "nobody" })).status?.totalCount, 0n);
});

test("tokens that the server refuses", async () => {
  const without = await failure(createTillpost({ baseUrl: service.url }).financial.syncStatus({ retailerId: "a" }));
  assert.ok(hasReason(without, "TOKEN_MISSING"));
  const wrong = createTillpost({ baseUrl: service.url, token: `${service.token}x` });
  const refused = await failure(wrong.financial.syncStatus({ retailerId: "a" }));
  assert.ok(refused instanceof TillpostError && refused.code === Code.Unauthenticated);
});
