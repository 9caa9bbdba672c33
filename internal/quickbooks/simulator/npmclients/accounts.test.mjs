// node-quickbooks and the chart of accounts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, oauthClient } from "./intuit-oauth.mjs";
import { call, quickBooks, refusal } from "./node-quickbooks.mjs";
import { startSimulator } from "./simulator.mjs";

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
/** @type {any} */
let qb;
before(async () => {
  simulator = await startSimulator();
  qb = quickBooks(simulator.url, await connect(oauthClient(simulator.url)));
});
after(() => simulator.stop());

test("create and read", async () => {
  const created = await call(qb, "createAccount", {
    Name: "Café Float",
    AccountType: "Bank",
    AccountSubType: "CashOnHand",
    AcctNum: "19001",
    Description: "Change for the café",
  });
  assert.match(created.Id, /^\d+$/);
  assert.equal(created.SyncToken, "0");
  assert.equal(created.FullyQualifiedName, "Café Float");
  assert.equal(created.Classification, "Asset");
  assert.equal(created.Active, true);
  assert.equal(created.CurrentBalance, 0);
  assert.deepEqual(created.CurrencyRef, { value: "USD", name: "United States Dollar" });
  assert.match(created.MetaData.CreateTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
  assert.deepEqual(await call(qb, "getAccount", created.Id), created);
});

test("what other clients send empty counts as absent", async () => {
  const created = await call(qb, "createAccount", {
    Name: "Float of a Go client",
    AccountType: "Bank",
    ParentRef: {},
    CurrencyRef: {},
    TaxCodeRef: {},
    MetaData: { CreateTime: "0001-01-01T00:00:00Z", LastUpdatedTime: "0001-01-01T00:00:00Z" },
  });
  assert.equal(created.SubAccount, false);
  assert.doesNotMatch(created.MetaData.CreateTime, /^0001/);
});

test("a sub-account", async () => {
  const parent = await call(qb, "createAccount", { Name: "Vouchers", AccountType: "Other Current Liability" });
  const child = await call(qb, "createAccount", {
    Name: "Paper",
    AccountType: "Other Current Liability",
    SubAccount: true,
    ParentRef: { value: parent.Id },
  });
  assert.equal(child.FullyQualifiedName, "Vouchers:Paper");
  assert.equal(child.SubAccount, true);
  assert.equal(child.ParentRef.value, parent.Id);
});

test("a sparse update changes what it names, a full one clears what it leaves out", async () => {
  const fields = { Name: "Float 2", AccountType: "Bank", AccountSubType: "CashOnHand", Description: "before" };
  const { Id } = await call(qb, "createAccount", fields);
  const sparse = await call(qb, "updateAccount", { Id, SyncToken: "0", Description: "after" });
  assert.deepEqual([sparse.SyncToken, sparse.Name, sparse.Description], ["1", "Float 2", "after"]);

  const full = await call(qb, "updateAccount", {
    Id,
    SyncToken: "1",
    Name: "Float 3",
    AccountType: "Bank",
    AccountSubType: "CashOnHand",
    sparse: false,
  });
  assert.deepEqual([full.SyncToken, full.Name, full.Description], ["2", "Float 3", undefined]);
});

test("a deactivated account is renamed and found only by who asks for it", async () => {
  const { Id } = await call(qb, "createAccount", { Name: "Closed Till", AccountType: "Bank" });
  const closed = await call(qb, "updateAccount", { Id, SyncToken: "0", Active: false });
  assert.deepEqual([closed.Active, closed.Name], [false, "Closed Till (deleted)"]);

  const byId = { field: "Id", value: Id };
  assert.deepEqual((await call(qb, "findAccounts", [byId])).QueryResponse, {});
  const all = [byId, { field: "Active", value: [true, false], operator: "IN" }];
  assert.equal((await call(qb, "findAccounts", all)).QueryResponse.Account[0].Id, Id);
});

test("criteria: a map, a list, a string, LIKE with an apostrophe, and order", async () => {
  await call(qb, "createAccount", { Name: "Bob's & Ann's + #1", AccountType: "Bank" });
  const like = [{ field: "Name", value: "Bob's %", operator: "LIKE" }];
  const { QueryResponse: bobs } = await call(qb, "findAccounts", like);
  assert.deepEqual(
    bobs.Account.map((/** @type {any} */ account) => account.Name),
    ["Bob's & Ann's + #1"],
  );
  assert.deepEqual([bobs.startPosition, bobs.maxResults], [1, 1]);
  const { QueryResponse: exact } = await call(qb, "findAccounts", { Name: "Bob's & Ann's + #1" });
  assert.equal(exact.Account.length, 1);

  const types = { AccountType: ["Bank", "Credit Card"], asc: "Name", limit: 4 };
  const { QueryResponse: sorted } = await call(qb, "findAccounts", types);
  const names = sorted.Account.map((/** @type {any} */ account) => account.Name.toLowerCase());
  assert.equal(names.length, 4);
  assert.deepEqual(names, names.toSorted());

  const { QueryResponse: text } = await call(qb, "findAccounts", "where AccountType = 'Bank' maxresults 2");
  assert.equal(text.Account.length, 2);
});

test("counting", async () => {
  const { QueryResponse: counted } = await call(qb, "findAccounts", { AccountType: "Bank", count: true });
  const { QueryResponse: rows } = await call(qb, "findAccounts", { AccountType: "Bank" });
  assert.deepEqual(counted, { totalCount: rows.Account.length });
});

test("refusals as the client hands them on", async () => {
  const { Id } = await call(qb, "createAccount", { Name: "Stale", AccountType: "Bank" });
  await call(qb, "updateAccount", { Id, SyncToken: "0", Description: "first" });
  const stale = await refusal(qb, "updateAccount", { Id, SyncToken: "0", Description: "second" });
  assert.equal(stale.status, 400);
  assert.equal(stale.fault.type, "ValidationFault");
  assert.equal(stale.fault.Error[0].code, "5010");
  assert.match(stale.fault.Error[0].Detail, /^Stale Object Error : You and .* were working on this at the same time/);

  const missing = await refusal(qb, "getAccount", "99999");
  assert.deepEqual([missing.status, missing.fault.Error[0].code], [400, "610"]);
  assert.match(missing.fault.Error[0].Detail, /^Object Not Found : Something you're trying to use/);

  const twice = await refusal(qb, "createAccount", { Name: "stale", AccountType: "Bank" });
  assert.equal(twice.fault.Error[0].code, "6240");
  const unknown = await refusal(qb, "createAccount", { Name: "X", AccountType: "Bank", Colour: "red" });
  assert.equal(unknown.fault.Error[0].code, "2010");
  const query = await refusal(qb, "findAccounts", "where");
  assert.equal(query.fault.Error[0].code, "4000");
});

test("fetchAll walks small pages and pages of a thousand, and finds every account once", async () => {
  const before = (await call(qb, "findAccounts", { count: true })).QueryResponse.totalCount;
  const made = 1_020;
  for (let n = 0; n < made; n += 30) {
    const items = Array.from({ length: 30 }, (_, i) => ({
      bId: `b${i}`,
      operation: "create",
      Account: { Name: `Shelf ${n + i}`, AccountType: "Expense" },
    }));
    const { BatchItemResponse: answers } = await call(qb, "batch", items);
    assert.ok(answers.every((/** @type {any} */ answer) => answer.Account?.Id));
  }
  for (const limit of [7, 100, 1_000]) {
    const { QueryResponse } = await call(qb, "findAccounts", [
      { field: "fetchAll", value: true },
      { field: "limit", value: limit },
      { field: "asc", value: "Id" },
    ]);
    const ids = new Set(QueryResponse.Account.map((/** @type {any} */ account) => account.Id));
    assert.equal(QueryResponse.Account.length, before + made, `pages of ${limit}`);
    assert.equal(ids.size, before + made, `pages of ${limit}`);
    assert.equal(QueryResponse.maxResults, before + made, `pages of ${limit}`);
  }
});
