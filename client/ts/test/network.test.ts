import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { Code } from "@connectrpc/connect";
import { createTillpost, TillpostError, type TillpostOptions, watchSyncStatus } from "@tillpost/client";
import { failure } from "./fake.js";

const retailerId = "shop";

/** Serves on loopback for one test, and makes a client of it. Waits are as short as they can be. */
async function serving(t: TestContext, listener: RequestListener, options: Partial<TillpostOptions> = {}) {
  t.mock.method(Math, "random", () => 0);
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers["content-type"]}`);
    listener(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  return { requests, server, tillpost: createTillpost({ baseUrl, ...options }) };
}

/** Sends a part of a body and breaks the connection. */
function breakOff(response: ServerResponse, type: string, part: Uint8Array) {
  response.writeHead(200, { "content-type": type, "content-length": "1000" });
  response.write(part, () => response.destroy());
}

test("a server that cannot be reached is UNAVAILABLE", async (t) => {
  const { server, tillpost } = await serving(t, () => {});
  server.close();
  await once(server, "close");
  const error = await failure(tillpost.financial.syncStatus({ retailerId }));
  assert.ok(error instanceof TillpostError);
  assert.deepEqual([error.code, error.reason, error.retryable], [Code.Unavailable, "", true]);
  assert.match(error.message, /^Tillpost cannot be reached: /);
});

test("an answer that breaks off is UNAVAILABLE, and the call is repeated", async (t) => {
  const { requests, tillpost } = await serving(t, (_, response) => {
    if (requests.length < 3) {
      breakOff(response, "application/proto", Uint8Array.of(0x0a));
    } else {
      response.writeHead(200, { "content-type": "application/proto" }).end();
    }
  });
  assert.equal((await tillpost.financial.syncStatus({ retailerId })).status, undefined);
  assert.deepEqual(requests, Array(3).fill("/api/tillpost.financial.v1.FinancialService/SyncStatus application/proto"));
});

test("a proxy's answer that the server is away is repeated", async (t) => {
  const { requests, tillpost } = await serving(t, (_, response) => {
    response.writeHead(503, { "content-type": "text/html" }).end("<h1>Service Unavailable</h1>");
  });
  const error = await failure(tillpost.financial.syncStatus({ retailerId }));
  assert.ok(error instanceof TillpostError);
  assert.deepEqual([error.code, error.reason, requests.length], [Code.Unavailable, "", 4]);
});

test("a stream that breaks off is watched anew", async (t) => {
  const message = Uint8Array.of(0, 0, 0, 0, 4, 0x0a, 0x02, 0x28, 0x05); // an envelope with a status of five events
  const { requests, tillpost } = await serving(t, (_, response) => {
    breakOff(response, "application/connect+proto", message);
  });
  const lost: string[] = [];
  let seen = 0;
  const onReconnect = (error: TillpostError) => lost.push(error.message);
  for await (const { totalCount } of watchSyncStatus(tillpost, retailerId, { onReconnect })) {
    assert.equal(totalCount, 5n);
    if (++seen === 3) {
      break;
    }
  }
  assert.equal(requests.length, 3);
  assert.equal(lost.length, 2);
  assert.ok(lost.every((text) => text.startsWith("the connection to Tillpost broke: ")));
});

test("leaving a stream closes its connection", async (t) => {
  let closed: Promise<unknown> | undefined;
  const { tillpost } = await serving(t, (_, response) => {
    closed = once(response, "close");
    response.writeHead(200, { "content-type": "application/connect+proto" });
    response.write(Uint8Array.of(0, 0, 0, 0, 0));
  });
  for await (const _ of tillpost.financial.watchSyncStatus({ retailerId })) {
    break;
  }
  assert.ok(closed);
  await closed;
});

test("a redirect is not followed, so that no token travels on", async (t) => {
  const { requests, tillpost } = await serving(
    t,
    (_, response) => response.writeHead(307, { location: "/elsewhere" }).end(),
    { token: "secret", retries: 0 },
  );
  const error = await failure(tillpost.financial.syncStatus({ retailerId }));
  assert.ok(error instanceof TillpostError);
  assert.equal(requests.length, 1);
});

test("the deadline of a call holds", async (t) => {
  const { tillpost } = await serving(t, () => {}); // it never answers
  const error = await failure(tillpost.financial.syncStatus({ retailerId }, { timeoutMs: 50 }));
  assert.ok(error instanceof TillpostError);
  assert.equal(error.code, Code.DeadlineExceeded);
  const signal = AbortSignal.timeout(50);
  const late = await failure(tillpost.financial.syncStatus({ retailerId }, { signal }));
  assert.ok(late instanceof TillpostError);
  assert.equal(late.code, Code.DeadlineExceeded);
});

test("messages may travel as JSON, through the caller's fetch", async (t) => {
  const addresses: string[] = [];
  const { requests, tillpost } = await serving(
    t,
    (_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ status: { totalCount: "9007199254740993", newField: true } }));
    },
    {
      format: "json",
      fetch: (input, init) => {
        addresses.push(String(input));
        return fetch(input, init);
      },
    },
  );
  const { status } = await tillpost.financial.syncStatus({ retailerId });
  assert.equal(status?.totalCount, 9_007_199_254_740_993n);
  assert.equal(addresses.length, 1);
  assert.match(requests[0] ?? "", /application\/json$/);
});
