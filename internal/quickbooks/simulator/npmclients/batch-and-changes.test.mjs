// node-quickbooks: batches, change data capture, company info, preferences, and its own part of OAuth2.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sale, saleAccounts } from "./books.mjs";
import { connect, oauthClient } from "./intuit-oauth.mjs";
import { call, quickBooks, refusal } from "./node-quickbooks.mjs";
import { realm, startSimulator } from "./simulator.mjs";

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
before(async () => {
  simulator = await startSimulator("--company", `${realm}=Corner Shop`);
});
after(() => simulator.stop());

async function client() {
  return quickBooks(simulator.url, await connect(oauthClient(simulator.url)));
}

test("company info and preferences", async () => {
  const qb = await client();
  const info = await call(qb, "getCompanyInfo", realm);
  assert.deepEqual([info.Id, info.CompanyName], ["1", "Corner Shop"]);
  assert.ok(info.NameValue.some((/** @type {any} */ pair) => pair.Name === "SubscriptionStatus"));
  const found = await call(qb, "findCompanyInfos");
  assert.equal(found.QueryResponse.CompanyInfo[0].CompanyName, "Corner Shop");

  const preferences = await call(qb, "getPreferences");
  assert.equal(preferences.CurrencyPrefs.HomeCurrency.value, "USD");
  assert.equal(preferences.AccountingInfoPrefs.ClassTrackingPerTxn, false);
});

test("the items of a batch succeed and fail on their own", async () => {
  const qb = await client();
  const accounts = await saleAccounts(qb, "batch");
  const { BatchItemResponse: answers } = await call(qb, "batch", [
    { bId: "good", operation: "create", JournalEntry: sale(accounts, { DocNumber: "B-1" }) },
    { bId: "bad", operation: "create", JournalEntry: sale({ ...accounts, sales: "99999" }) },
    { bId: "gone", operation: "delete", JournalEntry: { Id: "99999", SyncToken: "0" } },
    { bId: "rows", Query: "select * from Account where AccountType = 'Bank' maxresults 2" },
  ]);
  const byId = Object.fromEntries(answers.map((/** @type {any} */ answer) => [answer.bId, answer]));
  assert.equal(byId.good.JournalEntry.DocNumber, "B-1");
  assert.equal(byId.bad.Fault.Error[0].code, "2500");
  assert.equal(byId.gone.Fault.Error[0].code, "610");
  assert.equal(byId.rows.QueryResponse.Account.length, 2);

  const items = Array.from({ length: 31 }, (_, i) => ({ bId: `${i}`, Query: "select count(*) from Account" }));
  const tooMany = await refusal(qb, "batch", items);
  assert.equal(tooMany.fault.Error[0].code, "1040");
});

test("a batch updates and deletes what it created before", async () => {
  const qb = await client();
  const accounts = await saleAccounts(qb, "batch 2");
  const create = { bId: "1", operation: "create", JournalEntry: sale(accounts, { DocNumber: "B-2" }) };
  const { BatchItemResponse: made } = await call(qb, "batch", [create]);
  const { Id } = made[0].JournalEntry;
  const { BatchItemResponse: changed } = await call(qb, "batch", [
    { bId: "2", operation: "update", JournalEntry: { Id, SyncToken: "0", sparse: true, PrivateNote: "batched" } },
  ]);
  assert.equal(changed[0].JournalEntry.PrivateNote, "batched");
  const { BatchItemResponse: gone } = await call(qb, "batch", [
    { bId: "3", operation: "delete", JournalEntry: { Id, SyncToken: "1" } },
  ]);
  assert.equal(gone[0].JournalEntry.status, "Deleted");
});

test("change data capture tells what was made, changed and deleted", async () => {
  const qb = await client();
  const start = new Date(Date.now() - 60_000).toISOString();
  const accounts = await saleAccounts(qb, "changes");
  const kept = await call(qb, "createJournalEntry", sale(accounts, { DocNumber: "CDC-1" }));
  const dropped = await call(qb, "createJournalEntry", sale(accounts, { DocNumber: "CDC-2" }));
  await call(qb, "deleteJournalEntry", dropped);

  for (const since of [start, start.replace(/\.\d+Z/, "Z")]) {
    const { CDCResponse } = await call(qb, "changeDataCapture", ["Account", "JournalEntry"], since);
    const [changedAccounts, changedEntries] = CDCResponse[0].QueryResponse;
    const ids = changedAccounts.Account.map((/** @type {any} */ account) => account.Id);
    assert.ok(ids.includes(accounts.cash) && ids.includes(accounts.sales), `accounts ${ids}`);
    const entries = new Map(changedEntries.JournalEntry.map((/** @type {any} */ entry) => [entry.Id, entry]));
    assert.deepEqual(entries.get(kept.Id), kept);
    assert.equal(entries.get(dropped.Id).status, "Deleted");
    assert.ok(entries.get(dropped.Id).MetaData.LastUpdatedTime);
  }
});

test("refresh, user info and revoke", async () => {
  const qb = await client();
  const first = qb.token;
  const refreshed = await call(qb, "refreshAccessToken");
  assert.equal(qb.token, refreshed.access_token);
  assert.notEqual(qb.token, first);
  assert.equal((await call(qb, "getPreferences")).Id, "1");
  assert.match((await call(qb, "getUserInfo")).email, /@/);

  const { token, refreshToken } = qb;
  await call(qb, "revokeAccess", true);
  const later = quickBooks(simulator.url, { access_token: token, refresh_token: refreshToken, realmId: realm });
  const refused = await refusal(later, "getPreferences");
  assert.equal(refused.status, 401);
  assert.equal(refused.fault.type, "AUTHENTICATION");
  assert.equal(refused.fault.error[0].code, "3200");
});
