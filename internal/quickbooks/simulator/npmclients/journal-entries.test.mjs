// node-quickbooks and journal entries.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { line, sale, saleAccounts } from "./books.mjs";
import { connect, oauthClient } from "./intuit-oauth.mjs";
import { call, quickBooks, refusal } from "./node-quickbooks.mjs";
import { startSimulator } from "./simulator.mjs";

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {any} */
let qb;
/** @type {{cash: string, sales: string}} */
let accounts;
before(async () => {
  simulator = await startSimulator();
  qb = quickBooks(simulator.url, await connect(oauthClient(simulator.url)));
  accounts = await saleAccounts(qb, "entries");
});
after(() => simulator.stop());

/** @param {string} account */
async function balance(account) {
  return (await call(qb, "getAccount", account)).CurrentBalance;
}

test("create and read; the books move", async () => {
  const before = await balance(accounts.cash);
  const created = await call(qb, "createJournalEntry", sale(accounts, { DocNumber: "JE-1", PrivateNote: "Day 1" }));
  assert.deepEqual([created.SyncToken, created.TxnDate, created.DocNumber], ["0", "2026-10-01", "JE-1"]);
  assert.equal(created.Adjustment, false);
  assert.equal(created.domain, "QBO");
  assert.deepEqual(
    created.Line.map((/** @type {any} */ l) => [
      l.Id,
      l.Amount,
      l.JournalEntryLineDetail.PostingType,
      l.JournalEntryLineDetail.AccountRef,
    ]),
    [
      ["0", 100.25, "Debit", { value: accounts.cash, name: "Till of entries" }],
      ["1", 100.25, "Credit", { value: accounts.sales, name: "Sales of entries" }],
    ],
  );
  assert.deepEqual(await call(qb, "getJournalEntry", created.Id), created);
  assert.equal(await balance(accounts.cash), before + 100.25);
});

test("a repeat with the same requestid gets the first answer and books nothing", async () => {
  const requestId = randomUUID();
  const first = await call(qb, "createJournalEntry", sale(accounts, { requestId }));
  const before = await balance(accounts.cash);
  const second = await call(qb, "createJournalEntry", sale(accounts, { requestId }));
  assert.deepEqual(second, first);
  assert.equal(await balance(accounts.cash), before);
  const third = await call(qb, "createJournalEntry", sale(accounts, { requestId: randomUUID() }));
  assert.notEqual(third.Id, first.Id);
});

test("the client's wish for a duplicate number is taken", async () => {
  const wish = { DocNumber: "JE-TWICE", allowDuplicateDocNum: true, requestId: randomUUID() };
  await call(qb, "createJournalEntry", sale(accounts, wish));
  await call(qb, "createJournalEntry", sale(accounts, { ...wish, requestId: randomUUID() }));
  const { QueryResponse } = await call(qb, "findJournalEntries", { DocNumber: "JE-TWICE" });
  assert.equal(QueryResponse.JournalEntry.length, 2);
});

test("a sparse update keeps the lines, a full one replaces them", async () => {
  const { Id } = await call(qb, "createJournalEntry", sale(accounts, { DocNumber: "JE-UP", PrivateNote: "before" }));
  const sparse = await call(qb, "updateJournalEntry", { Id, SyncToken: "0", PrivateNote: "after" });
  assert.deepEqual([sparse.SyncToken, sparse.PrivateNote, sparse.DocNumber], ["1", "after", "JE-UP"]);
  assert.equal(sparse.Line.length, 2);

  const before = await balance(accounts.cash);
  const full = await call(qb, "updateJournalEntry", {
    ...sale(accounts, { Id, SyncToken: "1", sparse: false, DocNumber: "JE-UP" }, 60),
    TxnDate: "2026-10-02",
  });
  assert.deepEqual([full.SyncToken, full.PrivateNote, full.TxnDate], ["2", undefined, "2026-10-02"]);
  assert.equal(full.Line[0].Amount, 60);
  assert.equal(await balance(accounts.cash), before - 40.25);

  const stale = await refusal(qb, "updateJournalEntry", { Id, SyncToken: "1", PrivateNote: "too late" });
  assert.equal(stale.fault.Error[0].code, "5010");
});

test("delete by object and by id", async () => {
  const before = await balance(accounts.cash);
  const byObject = await call(qb, "createJournalEntry", sale(accounts));
  const { JournalEntry: gone } = await call(qb, "deleteJournalEntry", byObject);
  assert.deepEqual(gone, { status: "Deleted", domain: "QBO", Id: byObject.Id });

  const byId = await call(qb, "createJournalEntry", sale(accounts));
  const deleted = await call(qb, "deleteJournalEntry", byId.Id);
  assert.equal(deleted.JournalEntry.status, "Deleted");
  assert.equal(await balance(accounts.cash), before);

  const missing = await refusal(qb, "getJournalEntry", byId.Id);
  assert.deepEqual([missing.status, missing.fault.Error[0].code], [400, "610"]);
  const twice = await refusal(qb, "deleteJournalEntry", { Id: byId.Id, SyncToken: "0" });
  assert.equal(twice.fault.Error[0].code, "610");
});

test("find by number, by date, in order, and count", async () => {
  for (const day of ["03", "01", "02"]) {
    const fields = { DocNumber: `FIND-${day}`, TxnDate: `2026-11-${day}` };
    await call(qb, "createJournalEntry", sale(accounts, fields));
  }
  const number = await call(qb, "findJournalEntries", { DocNumber: "FIND-02" });
  assert.equal(number.QueryResponse.JournalEntry[0].TxnDate, "2026-11-02");

  const since = { field: "TxnDate", value: "2026-11-01", operator: ">=" };
  const november = await call(qb, "findJournalEntries", [since, { field: "desc", value: "TxnDate" }]);
  assert.deepEqual(
    november.QueryResponse.JournalEntry.map((/** @type {any} */ entry) => entry.DocNumber),
    ["FIND-03", "FIND-02", "FIND-01"],
  );
  const count = await call(qb, "findJournalEntries", [since, { count: true }]);
  assert.deepEqual(count.QueryResponse, { totalCount: 3 });
  const none = await call(qb, "findJournalEntries", { DocNumber: "FIND-99" });
  assert.deepEqual(none.QueryResponse, {});
});

test("entries that cannot be booked", async () => {
  const unbalanced = { Line: [line("Debit", accounts.cash, 10), line("Credit", accounts.sales, 9.99)] };
  const codes = {
    6000: [unbalanced, sale(accounts, { Line: [line("Debit", accounts.cash, 10)] })],
    2020: [{}],
    2050: [sale(accounts, { DocNumber: "longer than 21 characters" })],
    2500: [sale({ ...accounts, sales: "99999" })],
  };
  for (const [code, entries] of Object.entries(codes)) {
    for (const entry of entries) {
      const { status, fault } = await refusal(qb, "createJournalEntry", entry);
      assert.deepEqual([status, fault.type, fault.Error[0].code], [400, "ValidationFault", code]);
    }
  }
});
