// What unpatched.test.mjs runs inside as-intuit.sh. No address of either package is set anywhere here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import OAuthClient from "intuit-oauth";
import QuickBooks from "node-quickbooks";
import { line } from "./books.mjs";
import { connect } from "./intuit-oauth.mjs";
import { call, quickBooksAsIs } from "./node-quickbooks.mjs";
import { app, realm } from "./simulator.mjs";

/** @param {"sandbox" | "production"} environment */
function oauthClient(environment) {
  return new OAuthClient({ ...app, environment });
}

for (const environment of /** @type {const} */ (["sandbox", "production"])) {
  const sandbox = environment === "sandbox";

  test(`${environment}: intuit-oauth connects, refreshes, calls and revokes`, async () => {
    const client = oauthClient(environment);
    const { refresh_token: refresh } = await connect(client);
    await client.refresh();
    const { json } = await client.makeApiCall({ url: `v3/company/${realm}/companyinfo/${realm}` });
    assert.ok(json.CompanyInfo.CompanyName);
    await client.revoke();
    await assert.rejects(client.refreshUsingToken(refresh), { error: "invalid_grant" });
  });

  test(`${environment}: intuit-oauth validates the id token and asks who the user is`, async () => {
    const client = oauthClient(environment);
    await connect(client);
    assert.equal(await client.validateIdToken(), true);
    assert.match((await client.getUserInfo()).json.email, /@/);
  });

  test(`${environment}: node-quickbooks discovers Intuit's addresses`, { timeout: 10_000 }, async () => {
    await discover(sandbox);
    const accounts = sandbox ? "sandbox-accounts" : "accounts";
    const { AUTHORIZATION_URL, TOKEN_URL, REVOKE_URL, USER_INFO_URL } = QuickBooks;
    assert.equal(AUTHORIZATION_URL, "https://appcenter.intuit.com/connect/oauth2");
    assert.equal(TOKEN_URL, "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer");
    assert.equal(REVOKE_URL, "https://developer.api.intuit.com/v2/oauth2/tokens/revoke");
    assert.equal(USER_INFO_URL, `https://${accounts}.platform.intuit.com/v1/openid_connect/userinfo`);
  });

  test(`${environment}: node-quickbooks refreshes, reads, posts and revokes`, { timeout: 10_000 }, async () => {
    const tokens = await connect(oauthClient(environment));
    await discover(sandbox);
    const qb = quickBooksAsIs(tokens, sandbox);
    assert.match(qb.endpoint, sandbox ? /^https:\/\/sandbox-quickbooks\./ : /^https:\/\/quickbooks\./);
    await call(qb, "refreshAccessToken");
    assert.ok((await call(qb, "getCompanyInfo", realm)).CompanyName);
    await postEntry(qb);
    assert.match((await call(qb, "getUserInfo")).sub, /\S/);
    await call(qb, "revokeAccess", true);
  });
}

/**
 * Lets node-quickbooks fetch Intuit's discovery document, which it does without telling when it is done.
 * @param {boolean} sandbox
 */
async function discover(sandbox) {
  for (const name of ["AUTHORIZATION_URL", "TOKEN_URL", "USER_INFO_URL", "REVOKE_URL"]) {
    delete QuickBooks[name];
  }
  QuickBooks.setOauthVersion("2.0", sandbox);
  while (!QuickBooks.REVOKE_URL) {
    await setImmediate();
  }
}

/** @param {any} qb */
async function postEntry(qb) {
  const { QueryResponse } = await call(qb, "findAccounts", { AccountType: "Bank" });
  const [one, two] = QueryResponse.Account;
  const created = await call(qb, "createJournalEntry", { Line: [line("Debit", one.Id, 5), line("Credit", two.Id, 5)] });
  assert.deepEqual((await call(qb, "getJournalEntry", created.Id)).Line, created.Line);
}
