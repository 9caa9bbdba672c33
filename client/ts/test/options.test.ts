import assert from "node:assert/strict";
import { test } from "node:test";
import { Code } from "@connectrpc/connect";
import { createTillpost, TillpostError, type TokenRequest } from "@tillpost/client";
import { away, failure, fakeTillpost, refusal, virtualTime } from "./fake.js";

const retailerId = "shop";
const expired = () => refusal(Code.Unauthenticated, { reason: "TOKEN_EXPIRED" });

test("a client is refused where it could not work or a token would be at risk", () => {
  const baseUrl = "https://tillpost.example";
  const cases: [Parameters<typeof createTillpost>[0], RegExp][] = [
    [{ baseUrl: "https://" }, /cannot be read/],
    [{ baseUrl: "ftp://tillpost.example" }, /needs http/],
    [{ baseUrl: "https://me:secret@tillpost.example" }, /must not hold a user/],
    [{ baseUrl: "https://tillpost.example/?a=1" }, /no \? and no #/],
    [{ baseUrl, retries: 11 }, /from 0 to 10/],
    [{ baseUrl, retries: 1.5 }, /from 0 to 10/],
    [{ baseUrl, token: "" }, /empty/],
    [{ baseUrl, token: "secret\n" }, /copied whole/],
    [{ baseUrl, token: "secret", getToken: () => "secret" }, /exclude each other/],
    [{ baseUrl: "http://tillpost.mesh:8080", token: "secret" }, /in the clear to tillpost\.mesh:8080/],
  ];
  for (const [options, message] of cases) {
    assert.throws(
      () => createTillpost(options),
      (error) => error instanceof TypeError && message.test(error.message) && !error.message.includes("secret"),
      `${JSON.stringify(options)} gives ${message}`,
    );
  }
  for (const host of ["localhost", "shop.localhost", "127.0.0.1", "127.9.9.9", "[::1]"]) {
    createTillpost({ baseUrl: `http://${host}:8700`, token: "secret" });
  }
  createTillpost({ baseUrl: "http://tillpost.mesh:8080", token: "secret", allowInsecureToken: true });
  assert.equal(
    createTillpost({ baseUrl: "https://gateway.example/tillpost/" }).baseUrl,
    "https://gateway.example/tillpost",
  );
});

test("the token is on every call, beside the caller's own headers", async () => {
  const seen: (string | null)[] = [];
  const tillpost = fakeTillpost(
    {
      financial: {
        syncStatus: (_, { requestHeader }) => {
          seen.push(requestHeader.get("Authorization"), requestHeader.get("X-Request-Id"));
          return {};
        },
      },
    },
    { token: "fixed" },
  );
  await tillpost.financial.syncStatus({ retailerId }, { headers: { "X-Request-Id": "17" } });
  assert.deepEqual(seen, ["Bearer fixed", "17"]);
});

/** A server that takes one token only, for a method of each kind. */
function taking(good: string) {
  const check = (_: unknown, { requestHeader }: { requestHeader: Headers }) => {
    if (requestHeader.get("Authorization") !== `Bearer ${good}`) {
      throw expired();
    }
    return {};
  };
  return { integration: { connect: check, getConnection: check } };
}

test("a token that the server calls expired is replaced once, for any method", async () => {
  const asked: boolean[] = [];
  const getToken = async (request: TokenRequest) => {
    asked.push(request.expired);
    return request.expired ? "new" : "old";
  };
  const tillpost = fakeTillpost(taking("new"), { getToken, retries: 0 });
  await tillpost.integration.connect({ retailerId });
  assert.deepEqual(asked, [false, true]);
  await tillpost.integration.getConnection({ retailerId });
  assert.deepEqual(asked, [false, true, false, true]);

  const hopeless = await failure(fakeTillpost(taking("other"), { getToken }).integration.connect({ retailerId }));
  assert.ok(hopeless instanceof TillpostError);
  assert.equal(hopeless.reason, "TOKEN_EXPIRED");
  assert.equal(asked.length, 6);
});

test("a new token serves the tries that follow", async (t) => {
  const time = virtualTime(t);
  const failures = [expired(), away(), expired()];
  const asked: boolean[] = [];
  const syncStatus = () => {
    const error = failures[asked.length - 1];
    if (error) {
      throw error;
    }
    return {};
  };
  const getToken = (request: TokenRequest) => {
    asked.push(request.expired);
    return "token";
  };
  const tillpost = fakeTillpost({ financial: { syncStatus } }, { getToken });
  const error = await failure(time.run(tillpost.financial.syncStatus({ retailerId })));
  assert.ok(error instanceof TillpostError && error.reason === "TOKEN_EXPIRED"); // a second time is enough
  assert.deepEqual(asked, [false, true, false]);
});

test("a fixed token is not tried twice", async () => {
  let calls = 0;
  const syncStatus = () => {
    calls++;
    throw expired();
  };
  const error = await failure(
    fakeTillpost({ financial: { syncStatus } }, { token: "old" }).financial.syncStatus({ retailerId }),
  );
  assert.ok(error instanceof TillpostError && error.reason === "TOKEN_EXPIRED");
  assert.equal(calls, 1);
});

test("a token source that fails ends the call, and its token is never told", async () => {
  const broken = fakeTillpost(taking("x"), {
    getToken: () => {
      throw new Error("the identity provider is away");
    },
  });
  const failed = await failure(broken.integration.getConnection({ retailerId }));
  assert.ok(failed instanceof TillpostError);
  assert.deepEqual(
    [failed.code, failed.message],
    [Code.Unauthenticated, "no token could be had: the identity provider is away"],
  );

  const bad = await failure(
    fakeTillpost(taking("x"), { getToken: () => "secret token" }).integration.getConnection({ retailerId }),
  );
  assert.ok(bad instanceof TillpostError);
  assert.ok(!bad.message.includes("secret"));
});

test("a call that is ended does not wait for its token", async () => {
  const controller = new AbortController();
  let told: AbortSignal | undefined;
  const tillpost = fakeTillpost(taking("x"), {
    getToken: ({ signal }) => {
      told = signal;
      return new Promise(() => controller.abort());
    },
  });
  const error = await failure(tillpost.integration.getConnection({ retailerId }, { signal: controller.signal }));
  assert.ok(error instanceof TillpostError);
  assert.equal(error.code, Code.Canceled);
  assert.equal(told?.aborted, true);
});

test("a call does not wait for its token beyond its deadline", async (t) => {
  const time = virtualTime(t);
  const tillpost = fakeTillpost(taking("x"), { getToken: () => new Promise(() => {}) });
  const error = await failure(time.run(tillpost.integration.getConnection({ retailerId }, { timeoutMs: 1_000 })));
  assert.ok(error instanceof TillpostError);
  assert.deepEqual([error.code, Date.now()], [Code.DeadlineExceeded, 1_000]);
});
