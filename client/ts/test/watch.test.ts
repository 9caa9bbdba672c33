import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { TillpostError, type WatchOptions, watchSyncStatus } from "@tillpost/client";
import { away, failure, fakeTillpost, refusal, virtualTime } from "./fake.js";

const retailerId = "shop";

/** What one connection does: send totals, and then end, fail, or say nothing more. */
interface Connection {
  totals: bigint[];
  last: "end" | "silence" | ConnectError;
}

/** A server that treats each connection as told, and its client. */
function server(connections: Connection[], retries = 0) {
  const at: number[] = [];
  const tillpost = fakeTillpost(
    {
      financial: {
        async *watchSyncStatus(_, { signal }) {
          const { totals, last } = connections[at.length] ?? { totals: [], last: "silence" };
          at.push(Date.now());
          for (const totalCount of totals) {
            yield { status: { totalCount } };
          }
          if (last === "silence") {
            await new Promise((resolve) => signal.addEventListener("abort", resolve));
          } else if (last !== "end") {
            throw last;
          }
        },
      },
    },
    { retries, getToken: () => "token" },
  );
  return { at, tillpost };
}

/** Watches until so many statuses have come. */
async function totals(tillpost: ReturnType<typeof server>["tillpost"], count: number, options: WatchOptions = {}) {
  const seen: bigint[] = [];
  for await (const { totalCount } of watchSyncStatus(tillpost, retailerId, options)) {
    seen.push(totalCount);
    if (seen.length === count) {
      break;
    }
  }
  return seen;
}

test("the watch goes on over lost connections, with growing waits", async (t) => {
  const time = virtualTime(t);
  const { at, tillpost } = server([
    { totals: [1n], last: away() },
    { totals: [], last: away() },
    { totals: [], last: away() },
    { totals: [2n], last: new ConnectError("the stream was cut", Code.Internal) },
    { totals: [3n], last: "end" },
    { totals: [4n, 5n], last: refusal(Code.Unauthenticated, { reason: "TOKEN_EXPIRED" }) },
    { totals: [6n], last: "silence" },
  ]);
  const lost: string[] = [];
  const onReconnect = (error: TillpostError) => lost.push(error.reason || error.message);
  const seen = await time.run(totals(tillpost, 6, { onReconnect }));
  assert.deepEqual(seen, [1n, 2n, 3n, 4n, 5n, 6n]);
  assert.deepEqual(lost, [
    "SERVER_STOPPING",
    "SERVER_STOPPING",
    "SERVER_STOPPING",
    "the stream was cut",
    "TOKEN_EXPIRED",
  ]);
  assert.deepEqual(at, [0, 250, 750, 1_750, 2_000, 2_250, 2_500]); // half of 500 ms, then of 1 and 2 s, and anew
});

test("a connection that falls silent is replaced", async (t) => {
  const time = virtualTime(t);
  const { at, tillpost } = server([
    { totals: [1n], last: "silence" },
    { totals: [2n], last: "silence" },
  ]);
  assert.deepEqual(await time.run(totals(tillpost, 2)), [1n, 2n]);
  assert.deepEqual(at, [0, 45_250]);
});

test("a reader that takes its time does not make the connection silent", async (t) => {
  const time = virtualTime(t);
  const { at, tillpost } = server([{ totals: [1n, 2n], last: "end" }]);
  const slow = async () => {
    for await (const { totalCount } of watchSyncStatus(tillpost, retailerId)) {
      if (totalCount === 2n) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    }
  };
  await time.run(slow());
  assert.equal(at.length, 1);
});

test("the signal ends the watch quietly, while it waits and while it listens", async (t) => {
  const time = virtualTime(t);
  for (const last of ["silence", away()] as const) {
    const { tillpost } = server(Array(9).fill({ totals: [1n], last }));
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    assert.deepEqual(await time.run(totals(tillpost, 99, { signal: controller.signal })), [1n]);
  }
  const { at, tillpost } = server([]);
  assert.deepEqual(await totals(tillpost, 1, { signal: AbortSignal.abort() }), []);
  assert.equal(at.length, 0);
});

test("what another connection cannot cure ends the watch", async (t) => {
  const time = virtualTime(t);
  const refusals = [
    refusal(Code.PermissionDenied, { reason: "RETAILER_NOT_ALLOWED" }),
    refusal(Code.Unauthenticated, { reason: "TOKEN_EXPIRED" }), // even with the new token
    new ConnectError("not our protocol", Code.Internal),
  ];
  for (const last of refusals) {
    const { tillpost } = server(Array(9).fill({ totals: [], last }));
    const error = await failure(time.run(totals(tillpost, 1)));
    assert.ok(error instanceof TillpostError);
    assert.equal(error.code, last.code);
  }
  const { tillpost } = server([{ totals: [1n], last: refusal(Code.Internal, { reason: "INTERNAL" }) }]);
  const error = await failure(time.run(totals(tillpost, 2)));
  assert.ok(error instanceof TillpostError && error.reason === "INTERNAL");
});
