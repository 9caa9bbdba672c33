// What only a page can show: addresses relative to it, and its own window as the one that opens the popup.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createTillpost, openConnectPopup } from "@tillpost/client";
import { startService } from "./program.js";

test("an address is relative to the page's", async () => {
  const { token } = await startService();
  const tillpost = createTillpost({ baseUrl: "/", token });
  assert.equal(tillpost.baseUrl, location.origin);
  const { status } = await tillpost.financial.syncStatus({ retailerId: "page-shop" });
  assert.equal(status?.totalCount, 0n);
});

test("the popup is opened by the page itself", async () => {
  const { url, token } = await startService();
  const tillpost = createTillpost({ baseUrl: url, token });
  await window.tillpostDecide("cancel");
  const { outcome, reason } = await openConnectPopup(tillpost, "page-shop");
  assert.deepEqual([outcome, reason], ["refused", "AUTHORIZATION_REFUSED"]);
});
