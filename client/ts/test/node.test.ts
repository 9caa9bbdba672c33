// What only Node can show: how it is where there is no page, and what stands in the repository's files.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { createTillpost, openConnectPopup } from "@tillpost/client";
import { failure, fakeTillpost } from "./fake.js";

test("without a page an address must be absolute", () => {
  for (const baseUrl of ["/", "tillpost.example"]) {
    assert.throws(() => createTillpost({ baseUrl }), /cannot be read/);
  }
});

test("in a page the address may be relative", (t) => {
  Object.assign(globalThis, { location: { href: "https://shop.example/console/#top" } });
  t.after(() => Reflect.deleteProperty(globalThis, "location"));
  assert.equal(createTillpost({ baseUrl: "/", token: "secret" }).baseUrl, "https://shop.example");
});

test("outside of a browser it says what is missing", async () => {
  const error = await failure(openConnectPopup(fakeTillpost({}), "shop"));
  assert.ok(error instanceof TypeError);
  assert.match(error.message, /window/);
});

test("the reasons are those that the server gives", async () => {
  const root = new URL("../../../../", import.meta.url);
  const server = await readFile(new URL("internal/rpc/errors.go", root), "utf8");
  const here = await readFile(new URL("client/ts/src/error.ts", root), "utf8");
  const given = [...server.matchAll(/^\treason\w+\s+= "(\w+)"/gm)].map(([, reason]) => reason);
  const ofAccounts = ["ACCOUNT_DELETED", "ACCOUNT_INACTIVE", "ACCOUNT_TYPE_REFUSED"]; // reasons of the ledger's, for mappings
  const known = [...here.matchAll(/^ {2}\| "(\w+)"/gm)].map(([, reason]) => reason);
  assert.deepEqual(known.sort(), [...given, ...ofAccounts].sort());
});
