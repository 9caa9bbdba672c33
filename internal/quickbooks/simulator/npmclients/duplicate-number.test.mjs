// A company that refuses a number that another entry has.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sale, saleAccounts } from "./books.mjs";
import { connect, oauthClient } from "./intuit-oauth.mjs";
import { call, quickBooks, refusal } from "./node-quickbooks.mjs";
import { realm, startSimulator } from "./simulator.mjs";

const dir = mkdtempSync(join(tmpdir(), "tillpost-scenario-"));
/** @type {Awaited<ReturnType<typeof startSimulator>> | undefined} */
let simulator;
before(async () => {
  const scenario = { companies: [{ realm, name: "Strict Shop", warnDuplicateJournalNumber: true }] };
  writeFileSync(join(dir, "scenario.json"), JSON.stringify(scenario));
  simulator = await startSimulator("--scenario", join(dir, "scenario.json"));
});
after(async () => {
  await simulator?.stop();
  rmSync(dir, { recursive: true });
});

test("the refusal names the entry that has the number", async () => {
  assert.ok(simulator);
  const qb = quickBooks(simulator.url, await connect(oauthClient(simulator.url)));
  const { OtherPrefs } = await call(qb, "getPreferences");
  const warns = { Name: "WarnDuplicateJournalNumber", Value: "true" };
  assert.deepEqual(
    OtherPrefs.NameValue.find((/** @type {any} */ pair) => pair.Name === warns.Name),
    warns,
  );

  const accounts = await saleAccounts(qb, "numbers");
  const first = await call(qb, "createJournalEntry", sale(accounts, { DocNumber: "N-1" }));
  const { status, fault } = await refusal(qb, "createJournalEntry", sale(accounts, { DocNumber: "N-1" }));
  assert.deepEqual([status, fault.type, fault.Error[0].code], [400, "ValidationFault", "6140"]);
  assert.match(fault.Error[0].Detail, new RegExp(`DocNumber=N-1 is assigned to .* with TxnId=${first.Id}`));

  const wish = { DocNumber: "N-1", allowDuplicateDocNum: true };
  const second = await call(qb, "createJournalEntry", sale(accounts, wish));
  assert.equal(second.DocNumber, "N-1");
});
