// The generic call of intuit-oauth, which people use for everything.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { connect, oauthClient } from "./intuit-oauth.mjs";
import { realm, startSimulator } from "./simulator.mjs";

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {any} */
let client;
before(async () => {
  simulator = await startSimulator("--company", `${realm}=Corner Shop`, "--companies", "2");
  client = oauthClient(simulator.url);
  await connect(client, { realm });
});
after(() => simulator.stop());

/**
 * @param {string} path below the company
 * @param {object} [request]
 */
function api(path, request = {}) {
  return client.makeApiCall({ url: `v3/company/${realm}/${path}`, ...request });
}

test("GET", async () => {
  const answer = await api(`companyinfo/${realm}?minorversion=75`);
  assert.equal(answer.status, 200);
  assert.equal(answer.json.CompanyInfo.CompanyName, "Corner Shop");
  for (const header of ["intuit_tid", "qbo-version", "server", "date", "expires"]) {
    assert.ok(answer.headers[header], `the header ${header}`);
  }
  assert.match(answer.json.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/);
});

test("GET of a query, with + for spaces and with parameters of the client's", async () => {
  const plus = await api("query?query=select+*+from+Account+maxresults+3");
  assert.equal(plus.json.QueryResponse.Account.length, 3);
  assert.equal(plus.json.QueryResponse.maxResults, 3);
  const encoded = await api("query", { params: { query: "select count(*) from Account" } });
  assert.ok(encoded.json.QueryResponse.totalCount > 3);
  const none = await api("query", { params: { query: "select * from JournalEntry" } });
  assert.deepEqual(none.json.QueryResponse, {});
});

test("POST, and its repeat with the same requestid", async () => {
  const { json: page } = await api("query?query=select+*+from+Account+where+AccountType='Bank'+maxresults+2");
  const [one, two] = page.QueryResponse.Account;
  const detail = (/** @type {string} */ side, /** @type {any} */ account) => ({
    Amount: 12.5,
    DetailType: "JournalEntryLineDetail",
    JournalEntryLineDetail: { PostingType: side, AccountRef: { value: account.Id } },
  });
  const body = { TxnDate: "2026-10-01", DocNumber: "CALL-1", Line: [detail("Debit", one), detail("Credit", two)] };
  const request = { method: "POST", params: { requestid: randomUUID() }, body };
  const created = await api("journalentry", request);
  assert.equal(created.json.JournalEntry.DocNumber, "CALL-1");
  assert.equal(created.json.JournalEntry.SyncToken, "0");
  assert.deepEqual((await api("journalentry", request)).json, created.json);
  const again = await api("journalentry", { ...request, params: { requestid: randomUUID() } });
  assert.notEqual(again.json.JournalEntry.Id, created.json.JournalEntry.Id);
});

test("a fault of the service is taken apart", async () => {
  const failed = await api("account", { method: "POST", body: {} }).catch((/** @type {unknown} */ error) => error);
  assert.equal(failed.faultType, "ValidationFault");
  assert.equal(failed.code, failed.fault.errors[0].code);
  assert.equal(failed.code, "2020");
  assert.equal(failed.message, failed.fault.errors[0].message);
  assert.match(failed.description, /^Required parameter Name is missing in the request/);
  assert.match(failed.intuitTid, /\S/);
});

test("a fault of the gateway is known by its status", async () => {
  const wrongCompany = client.makeApiCall({ url: "v3/company/9341450000000002/preferences" });
  await assert.rejects(wrongCompany, { code: "403" });
  const stranger = oauthClient(simulator.url);
  stranger.setToken({ access_token: "none" });
  await assert.rejects(stranger.makeApiCall({ url: `v3/company/${realm}/preferences` }), { code: "401" });
});

test("an object that is not there", async () => {
  await assert.rejects(api("account/99999"), { code: "610" });
});
