import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, type ConnectError } from "@connectrpc/connect";
import { TillpostError } from "@tillpost/client";
import { away, failure, fakeTillpost, refusal, virtualTime } from "./fake.js";

const retailerId = "shop";

/** Makes a method that fails with each of the errors in turn, and then works; `at` are the times of its calls. */
function failing<T>(errors: ConnectError[], answer: T) {
  const at: number[] = [];
  return {
    at,
    method: () => {
      at.push(Date.now());
      const error = errors[at.length - 1];
      if (error) {
        throw error;
      }
      return answer;
    },
  };
}

test("a call without side effects is repeated, with growing waits", async (t) => {
  const time = virtualTime(t);
  const { at, method } = failing([away(), away(), away()], { status: { totalCount: 7n } });
  const tillpost = fakeTillpost({ financial: { syncStatus: method } });
  const { status } = await time.run(tillpost.financial.syncStatus({ retailerId }));
  assert.equal(status?.totalCount, 7n);
  assert.deepEqual(at, [0, 50, 150, 350]); // half of 100, 200 and 400 ms
});

test("an idempotent call is repeated", async (t) => {
  const time = virtualTime(t);
  const { at, method } = failing([refusal(Code.Aborted)], { results: [] });
  const tillpost = fakeTillpost({ financial: { recordEvents: method } });
  await time.run(tillpost.financial.recordEvents({ retailerId }));
  assert.equal(at.length, 2);
});

test("a call that could do a thing twice is never repeated", async () => {
  const { at, method } = failing([away()], { authorizationUrl: "" });
  const tillpost = fakeTillpost({ integration: { connect: method } });
  const error = await failure(tillpost.integration.connect({ retailerId }));
  assert.ok(error instanceof TillpostError);
  assert.equal(error.retryable, false);
  assert.equal(at.length, 1);
});

test("tries are bounded, and the last failure is told", async (t) => {
  const time = virtualTime(t);
  for (const [retries, tries] of [
    [undefined, 4],
    [0, 1],
    [1, 2],
  ] as const) {
    const { at, method } = failing(Array(9).fill(away()), {});
    const tillpost = fakeTillpost({ financial: { syncStatus: method } }, { retries });
    const error = await failure(time.run(tillpost.financial.syncStatus({ retailerId })));
    assert.ok(error instanceof TillpostError);
    assert.deepEqual([error.reason, error.retryable], ["SERVER_STOPPING", true]);
    assert.equal(at.length, tries);
  }
});

test("what another try cannot cure is not repeated", async () => {
  for (const code of [
    Code.InvalidArgument,
    Code.NotFound,
    Code.Internal,
    Code.Unauthenticated,
    Code.ResourceExhausted,
  ]) {
    const { at, method } = failing([refusal(code, { reason: "SOME_REASON" })], {});
    const tillpost = fakeTillpost({ financial: { syncStatus: method } });
    const error = await failure(tillpost.financial.syncStatus({ retailerId }));
    assert.ok(error instanceof TillpostError);
    assert.deepEqual([error.code, error.retryable, at.length], [code, false, 1]);
  }
});

test("a limit is waited for as long as the server asks, within reason", async (t) => {
  const time = virtualTime(t);
  const limited = (retryDelayMs: number) => refusal(Code.ResourceExhausted, { retryDelayMs });
  const soon = failing([limited(2_500)], {});
  await time.run(fakeTillpost({ financial: { syncStatus: soon.method } }).financial.syncStatus({ retailerId }));
  assert.deepEqual(soon.at, [0, 2_550]);

  const late = failing([limited(30_000)], {});
  const client = fakeTillpost({ financial: { syncStatus: late.method } });
  const error = await failure(client.financial.syncStatus({ retailerId }));
  assert.ok(error instanceof TillpostError && error.retryable);
  assert.equal(late.at.length, 1);
});

test("a wait that would outlast the deadline is not begun", async (t) => {
  const time = virtualTime(t);
  const { at, method } = failing([away(), away(), away()], {});
  const tillpost = fakeTillpost({ financial: { syncStatus: method } });
  const error = await failure(time.run(tillpost.financial.syncStatus({ retailerId }, { timeoutMs: 120 })));
  assert.ok(error instanceof TillpostError);
  assert.equal(error.code, Code.Unavailable); // the failure itself, and not that time ran out
  assert.deepEqual(at, [0, 50]);
});

test("every try gets what is left of the deadline", async (t) => {
  const time = virtualTime(t);
  const left: (number | undefined)[] = [];
  const tillpost = fakeTillpost({
    financial: {
      syncStatus: (_, context) => {
        left.push(context.timeoutMs());
        throw away();
      },
    },
  });
  await failure(time.run(tillpost.financial.syncStatus({ retailerId }, { timeoutMs: 200 })));
  assert.deepEqual(left, [200, 150, 50]);
});

test("a signal ends a wait at once", async (t) => {
  const time = virtualTime(t);
  const { at, method } = failing(Array(9).fill(refusal(Code.ResourceExhausted, { retryDelayMs: 20_000 })), {});
  const tillpost = fakeTillpost({ financial: { syncStatus: method } });
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1_000);
  const error = await failure(time.run(tillpost.financial.syncStatus({ retailerId }, { signal: controller.signal })));
  assert.ok(error instanceof TillpostError);
  assert.deepEqual([error.code, error.retryable, at.length, Date.now()], [Code.Canceled, false, 1, 1_000]);
});

test("a signal that has fired makes no call, and one that times out says so", async () => {
  const { at, method } = failing([], {});
  const tillpost = fakeTillpost({ financial: { syncStatus: method } });
  const canceled = await failure(
    tillpost.financial.syncStatus({ retailerId }, { signal: AbortSignal.abort("enough") }),
  );
  assert.ok(canceled instanceof TillpostError);
  assert.deepEqual([canceled.code, canceled.cause], [Code.Canceled, "enough"]);
  const signal = AbortSignal.abort(new DOMException("too late", "TimeoutError"));
  const late = await failure(tillpost.financial.syncStatus({ retailerId }, { signal }));
  assert.ok(late instanceof TillpostError);
  assert.equal(late.code, Code.DeadlineExceeded);
  assert.equal(at.length, 0);
});
