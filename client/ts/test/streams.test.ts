import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, type HandlerContext } from "@connectrpc/connect";
import { importAccounts, TillpostError } from "@tillpost/client";
import { away, failure, fakeTillpost, refusal, virtualTime } from "./fake.js";

const retailerId = "shop";

/** Resolves when a call has ended on the server's side. */
function endOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    }
    signal.addEventListener("abort", () => resolve());
  });
}

test("leaving the loop ends the call", async () => {
  let ended: Promise<void> | undefined;
  const tillpost = fakeTillpost({
    financial: {
      async *watchSyncStatus(_, { signal }) {
        ended = endOf(signal);
        yield { status: { totalCount: 1n } };
        await ended;
      },
    },
  });
  for await (const { status } of tillpost.financial.watchSyncStatus({ retailerId })) {
    assert.equal(status?.totalCount, 1n);
    break;
  }
  assert.ok(ended);
  await ended;
});

test("a stream that nobody reads makes no call", async () => {
  const tillpost = fakeTillpost({}, { baseUrl: "https://nowhere.example" });
  tillpost.financial.watchSyncStatus({ retailerId }); // would fail, and nobody would hear of it
  await new Promise(setImmediate);
});

test("a stream is repeated before its first message, with its request, and not after", async (t) => {
  const time = virtualTime(t);
  const requests: string[] = [];
  const tillpost = fakeTillpost({
    integration: {
      async *importAccounts({ retailerId }) {
        requests.push(retailerId);
        if (requests.length === 1) {
          throw away();
        }
        yield { update: { case: "progress", value: { readCount: 30, totalCount: 80 } } };
        throw away();
      },
    },
  });
  const counts: number[] = [];
  const error = await failure(time.run(importAccounts(tillpost, retailerId, (p) => counts.push(p.readCount))));
  assert.ok(error instanceof TillpostError);
  assert.deepEqual([error.reason, error.retryable], ["SERVER_STOPPING", true]);
  assert.deepEqual(requests, ["shop", "shop"]);
  assert.deepEqual(counts, [30]);
});

test("a stream may be empty, and its headers and trailers are told", async () => {
  const tillpost = fakeTillpost({
    financial: {
      // biome-ignore lint/correctness/useYield: it has nothing to say
      async *watchSyncStatus(_, context: HandlerContext) {
        context.responseHeader.set("x-head", "1");
        context.responseTrailer.set("x-tail", "2");
      },
    },
  });
  const told: (string | null)[] = [];
  const options = {
    onHeader: (headers: Headers) => told.push(headers.get("x-head")),
    onTrailer: (trailers: Headers) => told.push(trailers.get("x-tail")),
  };
  for await (const _ of tillpost.financial.watchSyncStatus({ retailerId }, options)) {
    assert.fail("there is no message");
  }
  assert.deepEqual(told, ["1", "2"]);
});

test("a signal ends a stream under way", async () => {
  const controller = new AbortController();
  const tillpost = fakeTillpost({
    financial: {
      async *watchSyncStatus(_, { signal }) {
        yield {};
        await endOf(signal);
      },
    },
  });
  const stream = tillpost.financial.watchSyncStatus({ retailerId }, { signal: controller.signal });
  const iterator = stream[Symbol.asyncIterator]();
  await iterator.next();
  const next = failure(iterator.next());
  controller.abort();
  const error = await next;
  assert.ok(error instanceof TillpostError);
  assert.equal(error.code, Code.Canceled);
});

test("an import tells its progress and resolves with its summary", async () => {
  const tillpost = fakeTillpost({
    integration: {
      async *importAccounts() {
        yield { update: { case: "progress", value: { readCount: 40, totalCount: 80 } } };
        yield { update: { case: "progress", value: { readCount: 80, totalCount: 80 } } };
        yield { update: { case: "summary", value: { totalCount: 80, newCount: 3, releasedEventCount: 12n } } };
      },
    },
  });
  const counts: string[] = [];
  const summary = await importAccounts(tillpost, retailerId, ({ readCount, totalCount }) => {
    counts.push(`${readCount} of ${totalCount}`);
  });
  assert.deepEqual(counts, ["40 of 80", "80 of 80"]);
  assert.deepEqual([summary.totalCount, summary.newCount, summary.releasedEventCount], [80, 3, 12n]);
  assert.equal((await importAccounts(tillpost, retailerId)).totalCount, 80);
});

test("an import that breaks off, is refused, or whose listener throws fails", async () => {
  const cut = fakeTillpost({
    integration: {
      async *importAccounts() {
        yield { update: { case: "progress", value: {} } };
      },
    },
  });
  const cutOff = await failure(importAccounts(cut, retailerId));
  assert.ok(cutOff instanceof TillpostError);
  assert.deepEqual(
    [cutOff.code, cutOff.retryable, cutOff.method],
    [Code.DataLoss, true, "tillpost.integration.v1.IntegrationService/ImportAccounts"],
  );

  const listener = () => {
    throw new RangeError("no such bar");
  };
  assert.ok((await failure(importAccounts(cut, retailerId, listener))) instanceof RangeError);

  const refused = fakeTillpost({
    integration: {
      importAccounts() {
        throw refusal(Code.FailedPrecondition, { reason: "NOT_CONNECTED" });
      },
    },
  });
  const error = await failure(importAccounts(refused, retailerId));
  assert.ok(error instanceof TillpostError && error.reason === "NOT_CONNECTED");
});
