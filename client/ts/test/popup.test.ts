import assert from "node:assert/strict";
import { test } from "node:test";
import { Code } from "@connectrpc/connect";
import { type ConnectPopupOptions, openConnectPopup, type PopupHost, TillpostError } from "@tillpost/client";
import { Connection_State } from "@tillpost/client/integration";
import { failure, fakeTillpost, type Methods, refusal, virtualTime } from "./fake.js";

const retailerId = "shop";
const origin = "https://tillpost.example";
const authorizationUrl = "https://appcenter.intuit.com/connect/oauth2?state=1";

/** A popup, as far as its opener sees it. */
class FakePopup {
  closed = false;
  address = "";
  readonly location = {
    replace: (url: string) => {
      this.address = url;
      this.onOpen();
    },
  };
  constructor(readonly onOpen: () => void) {}
  close() {
    this.closed = true;
  }
}

/** A page that opens popups; `act` is what the retailer does in one. */
class FakeWindow implements PopupHost {
  readonly screenX = 100;
  readonly screenY = 0;
  readonly outerWidth = 1_440;
  readonly outerHeight = 700;
  readonly listeners = new Set<(event: MessageEvent) => void>();
  readonly opened: string[][] = [];
  readonly popup: FakePopup;
  constructor(act: (page: FakeWindow) => void) {
    this.popup = new FakePopup(() => act(this));
  }
  open(...args: [string, string, string]) {
    this.opened.push(args);
    return this.popup;
  }
  addEventListener(_: "message", listener: (event: MessageEvent) => void) {
    this.listeners.add(listener);
  }
  removeEventListener(_: "message", listener: (event: MessageEvent) => void) {
    this.listeners.delete(listener);
  }
  /** Delivers a message as the browser does. */
  post(data: unknown, from: { origin?: string; source?: unknown } = {}) {
    const event = { data, origin, source: this.popup, ...from } as unknown as MessageEvent;
    for (const listener of this.listeners) {
      listener(event);
    }
  }
  /** What the callback page does at its end. */
  tell(result: string, reason = "", metadata?: unknown) {
    this.post({ source: "tillpost", result, reason, metadata });
    this.popup.close();
  }
}

/** A server whose connection is as told, and the requests that it got. */
function server(state: Connection_State) {
  const requests: string[] = [];
  const methods: Methods = {
    integration: {
      connect({ retailerId, returnUrl, allowOtherCompany, abandonUnsettled }) {
        const confirmed = `${allowOtherCompany ? "elsewhere" : ""} ${abandonUnsettled ? "abandon" : ""}`.trim();
        requests.push(`connect ${retailerId} ${returnUrl} ${confirmed}`.trim());
        return { authorizationUrl };
      },
      getConnection({ retailerId }) {
        requests.push(`get ${retailerId}`);
        return { connection: { state, companyName: "Harbor & Pine" } };
      },
    },
  };
  return { requests, tillpost: fakeTillpost(methods) };
}

test("the popup opens at once, goes to the authorization, and its word is confirmed", async () => {
  const { requests, tillpost } = server(Connection_State.CONNECTED);
  const window = new FakeWindow((page) => page.tell("connected"));
  const result = openConnectPopup(tillpost, retailerId, { window, returnUrl: "https://shop.example/books" });
  assert.deepEqual(window.opened, [["", "tillpost-connect", "popup,width=640,height=800,left=500,top=0"]]);
  assert.deepEqual(requests, []); // the browser must see the popup open in the very turn of the click

  const { outcome, reason, connection } = await result;
  assert.deepEqual([outcome, reason, connection?.companyName], ["connected", "", "Harbor & Pine"]);
  assert.equal(window.popup.address, authorizationUrl);
  assert.deepEqual(requests, ["connect shop https://shop.example/books", "get shop"]);
  assert.equal(window.listeners.size, 0);
});

test("a refusal and a failure are told with their reason", async () => {
  for (const [[result, why], outcome, reason] of [
    [["refused", "AUTHORIZATION_REFUSED"], "refused", "AUTHORIZATION_REFUSED"],
    [["failed", "OTHER_COMPANY"], "failed", "OTHER_COMPANY"],
    [["connected", ""], "failed", "NOT_CONNECTED"], // and yet the server says otherwise
  ] as const) {
    const { tillpost } = server(Connection_State.NOT_CONNECTED);
    const window = new FakeWindow((page) => page.tell(result, why));
    const ended = await openConnectPopup(tillpost, retailerId, { window });
    assert.deepEqual([ended.outcome, ended.reason], [outcome, reason]);
    assert.equal(ended.connection?.state, Connection_State.NOT_CONNECTED);
  }
});

test("another company is asked for only when it was confirmed", async () => {
  const { requests, tillpost } = server(Connection_State.CONNECTED);
  const window = new FakeWindow((page) => page.tell("connected"));
  const returnUrl = "https://shop.example/books";
  await openConnectPopup(tillpost, retailerId, { window, returnUrl, allowOtherCompany: true });
  assert.equal(requests[0], "connect shop https://shop.example/books elsewhere");
});

test("what is unsettled is given up only when it was confirmed, and the popup tells from when on", async () => {
  const { requests, tillpost } = server(Connection_State.NOT_CONNECTED);
  const abandon_time = "2026-11-25T12:00:00Z";
  for (const [metadata, heard] of [
    [{ abandon_time }, { abandon_time }],
    [{ abandon_time, other: 7 }, { abandon_time }],
    [undefined, {}], // an earlier release
    [null, {}],
  ]) {
    const window = new FakeWindow((page) => page.tell("failed", "ENTRIES_UNSETTLED", metadata));
    const options = {
      window,
      returnUrl: "https://shop.example/books",
      allowOtherCompany: true,
      abandonUnsettled: true,
    };
    const ended = await openConnectPopup(tillpost, retailerId, options);
    assert.deepEqual([ended.outcome, ended.reason, ended.metadata], ["failed", "ENTRIES_UNSETTLED", heard]);
  }
  assert.equal(requests[0], "connect shop https://shop.example/books elsewhere abandon");
});

test("a popup that closes without a word is settled by the server", async (t) => {
  const time = virtualTime(t);
  for (const [state, outcome] of [
    [Connection_State.CONNECTED, "connected"],
    [Connection_State.NOT_CONNECTED, "closed"],
    [Connection_State.REAUTHORIZATION_REQUIRED, "closed"],
  ] as const) {
    const { tillpost } = server(state);
    const window = new FakeWindow(({ popup }) => setTimeout(() => popup.close(), 3_000));
    const result = await time.run(openConnectPopup(tillpost, retailerId, { window }));
    assert.deepEqual([result.outcome, result.reason], [outcome, ""]);
  }
});

test("a word that comes just after the popup closed is heard", async (t) => {
  const time = virtualTime(t);
  const { tillpost } = server(Connection_State.NOT_CONNECTED);
  const window = new FakeWindow((page) => {
    page.popup.close();
    setTimeout(() => page.tell("refused", "AUTHORIZATION_REFUSED"), 400);
  });
  assert.equal((await time.run(openConnectPopup(tillpost, retailerId, { window }))).outcome, "refused");
});

test("only the popup's own word from the server's origin counts, and the first", async () => {
  const { tillpost } = server(Connection_State.NOT_CONNECTED);
  const window = new FakeWindow((page) => {
    const forged = { source: "tillpost", result: "connected", reason: "" };
    page.post(forged, { origin: "https://evil.example" });
    page.post(forged, { source: {} });
    page.post(forged, { source: null });
    for (const data of [null, "connected", 7, {}, { ...forged, source: "react-devtools" }, { ...forged, result: 1 }]) {
      page.post(data);
    }
    page.tell("refused", "AUTHORIZATION_REFUSED");
    page.tell("failed", "OTHER_COMPANY");
  });
  assert.equal((await openConnectPopup(tillpost, retailerId, { window })).outcome, "refused");

  const elsewhere = new FakeWindow((page) => {
    page.tell("failed", "OTHER_COMPANY"); // from baseUrl's origin, which is not where the callback is
    page.post({ source: "tillpost", result: "refused", reason: "" }, { origin: "https://public.example" });
  });
  const options = { window: elsewhere, callbackOrigin: "https://public.example" };
  assert.equal((await openConnectPopup(tillpost, retailerId, options)).outcome, "refused");
});

test("a blocked popup asks nothing of the server", async () => {
  const { requests, tillpost } = server(Connection_State.NOT_CONNECTED);
  const window: PopupHost = Object.assign(new FakeWindow(() => {}), { open: () => null });
  const result = await openConnectPopup(tillpost, retailerId, { window });
  assert.deepEqual(result, { outcome: "blocked", reason: "", metadata: {}, connection: undefined });
  assert.deepEqual(requests, []);
});

test("a popup that is closed while the server is asked does not come back", async (t) => {
  const time = virtualTime(t);
  const { tillpost } = server(Connection_State.NOT_CONNECTED);
  const window = new FakeWindow(() => assert.fail("it must not be sent anywhere"));
  const result = openConnectPopup(tillpost, retailerId, { window });
  window.popup.close();
  assert.equal((await time.run(result)).outcome, "closed");
});

test("when the server refuses, the popup closes and the reason is told", async () => {
  const tillpost = fakeTillpost({
    integration: {
      connect() {
        throw refusal(Code.FailedPrecondition, { reason: "ALREADY_CONNECTED" });
      },
    },
  });
  const window = new FakeWindow(() => {});
  const error = await failure(openConnectPopup(tillpost, retailerId, { window }));
  assert.ok(error instanceof TillpostError && error.reason === "ALREADY_CONNECTED");
  assert.equal(window.popup.closed, true);
  assert.equal(window.listeners.size, 0);
});

test("a signal closes the popup, and one that has fired opens none", async (t) => {
  const time = virtualTime(t);
  const { tillpost } = server(Connection_State.NOT_CONNECTED);
  const controller = new AbortController();
  const window = new FakeWindow(() => setTimeout(() => controller.abort(), 1_000));
  const options: ConnectPopupOptions = { window, signal: controller.signal };
  const error = await failure(time.run(openConnectPopup(tillpost, retailerId, options)));
  assert.ok(error instanceof TillpostError);
  assert.equal(error.code, Code.Canceled);
  assert.equal(window.popup.closed, true);

  const early = new FakeWindow(() => {});
  await failure(openConnectPopup(tillpost, retailerId, { window: early, signal: AbortSignal.abort() }));
  assert.deepEqual(early.opened, []);
});
