// node-quickbooks and the lists of names that the lines of an entry refer to.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { line } from "./books.mjs";
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

const lists = [
  { object: "Class", plural: "Classes", field: "Name" },
  { object: "Department", plural: "Departments", field: "Name" },
  { object: "Customer", plural: "Customers", field: "DisplayName" },
  { object: "Vendor", plural: "Vendors", field: "DisplayName" },
];
for (const { object, plural, field } of lists) {
  test(`${object}: create, read, find, change, deactivate`, async () => {
    const created = await call(qb, `create${object}`, { [field]: `Pine ${object}` });
    assert.deepEqual([created[field], created.Active, created.SyncToken], [`Pine ${object}`, true, "0"]);
    assert.deepEqual(await call(qb, `get${object}`, created.Id), created);
    const criteria = { [field]: `Pine ${object}` };
    const { QueryResponse } = await call(qb, `find${plural}`, criteria);
    assert.deepEqual(QueryResponse[object], [created]);
    const changed = await call(qb, `update${object}`, { Id: created.Id, SyncToken: "0", [field]: `Oak ${object}` });
    assert.deepEqual([changed[field], changed.SyncToken], [`Oak ${object}`, "1"]);
    const gone = await call(qb, `update${object}`, { Id: created.Id, SyncToken: "1", Active: false });
    assert.equal(gone.Active, false);
    const { QueryResponse: left } = await call(qb, `find${plural}`, { Id: created.Id });
    assert.deepEqual(left, {});
  });
}

test("a line on Accounts Receivable needs a customer, and takes one", async () => {
  const { Id: customer } = await call(qb, "createCustomer", { DisplayName: "Quay Rowing Club" });
  const { QueryResponse } = await call(qb, "findAccounts", { AccountType: ["Accounts Receivable", "Income"] });
  const [receivable, income] = ["Accounts Receivable", "Income"].map((type) =>
    QueryResponse.Account.find((/** @type {any} */ account) => account.AccountType === type),
  );
  const entry = (/** @type {object} */ detail) => ({
    Line: [line("Debit", receivable.Id, 30, detail), line("Credit", income.Id, 30)],
  });
  const refused = await refusal(qb, "createJournalEntry", entry({}));
  assert.equal(refused.fault.Error[0].code, "6000");
  assert.match(refused.fault.Error[0].Detail, /you must choose a customer in the Name field/);

  const Entity = { Type: "Customer", EntityRef: { value: customer } };
  const created = await call(qb, "createJournalEntry", entry({ Entity }));
  assert.deepEqual(created.Line[0].JournalEntryLineDetail.Entity, {
    Type: "Customer",
    EntityRef: { value: customer, name: "Quay Rowing Club" },
  });
});
