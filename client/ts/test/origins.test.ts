// The package in a page whose origin is not the server's, against the real program.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createTillpost, hasReason, openConnectPopup, type Tillpost, watchSyncStatus } from "@tillpost/client";
import { failure } from "./fake.js";
import { popupBrowser } from "./popup-browser.js";
import { consoleOrigin, type Service, startService } from "./program.js";

let service: Service;
let tillpost: Tillpost;
before(async () => {
  service = await startService("--return-urls", `${consoleOrigin}/books`, "--allowed-origins", consoleOrigin);
  tillpost = createTillpost({ baseUrl: service.url, token: service.token });
});
after(() => service.stop());

test("calls, streams and errors pass from one origin to the other", async () => {
  const retailerId = "elsewhere";
  assert.equal((await tillpost.financial.syncStatus({ retailerId }, { timeoutMs: 10_000 })).status?.totalCount, 0n);
  for await (const { totalCount } of watchSyncStatus(tillpost, retailerId)) {
    assert.equal(totalCount, 0n);
    break;
  }
  const missing = await failure(tillpost.financial.getEvent({ retailerId, eventId: "none" }));
  assert.ok(hasReason(missing, "EVENT_NOT_FOUND"));
});

test("a page of another origin hears the popup through its return address", async () => {
  const window = popupBrowser(consoleOrigin, "cancel");
  const options = { window, returnUrl: `${consoleOrigin}/books?retailer=other` };
  const { outcome } = await Promise.race([openConnectPopup(tillpost, "other", options), window.failed]);
  assert.equal(outcome, "refused");

  const deaf = popupBrowser(consoleOrigin, "cancel"); // without one it learns how things are, and not why
  const result = await Promise.race([openConnectPopup(tillpost, "deaf", { window: deaf }), deaf.failed]);
  assert.equal(result.outcome, "closed");

  const wrong = { window: popupBrowser("https://evil.example", "cancel"), returnUrl: "https://evil.example/" };
  assert.ok(hasReason(await failure(openConnectPopup(tillpost, "wrong", wrong)), "RETURN_URL_NOT_ALLOWED"));
});
