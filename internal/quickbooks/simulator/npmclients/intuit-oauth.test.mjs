import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OAuthClient from "intuit-oauth";
import { consent } from "./consent.mjs";
import { connect, oauthClient, scopes } from "./intuit-oauth.mjs";
import { app, realm, startSimulator } from "./simulator.mjs";

/** @type {Awaited<ReturnType<typeof startSimulator>>} */
let simulator;
before(async () => {
  simulator = await startSimulator();
});
after(() => simulator.stop());

test("the consent sends the browser back with code, state and realm id", async () => {
  const client = oauthClient(simulator.url);
  const callback = new URL(await consent(client.authorizeUri({ scope: scopes, state: "a b&c" })));
  assert.equal(callback.origin + callback.pathname, app.redirectUri);
  assert.equal(callback.searchParams.get("state"), "a b&c");
  assert.equal(callback.searchParams.get("realmId"), realm);
  const code = callback.searchParams.get("code") ?? "";
  assert.ok(code.length > 0 && code.length <= 512, `code ${code}`);
});

test("who declines is sent back with access_denied", async () => {
  const client = oauthClient(simulator.url);
  const address = client.authorizeUri({ scope: scopes, state: "s" });
  const callback = new URL(await consent(address, { decision: "cancel" }));
  assert.deepEqual(Object.fromEntries(callback.searchParams), { error: "access_denied", state: "s" });
});

test("a redirect address that is not registered is not redirected to", async () => {
  const client = oauthClient(simulator.url, { redirectUri: "https://elsewhere.example/callback" });
  await assert.rejects(consent(client.authorizeUri({ scope: scopes })), /answers 400/);
});

test("a code is exchanged for tokens, once", async () => {
  const client = oauthClient(simulator.url);
  const callback = await consent(client.authorizeUri({ scope: scopes, state: "s" }));
  const answer = await client.createToken(callback);
  assert.equal(answer.status(), 200);
  assert.match(answer.intuit_tid, /\S/);
  assert.ok(answer.isJson());
  const tokens = answer.getJson();
  assert.equal(tokens.token_type, "bearer");
  assert.equal(tokens.expires_in, 3600);
  assert.equal(tokens.x_refresh_token_expires_in, 8726400);
  assert.ok(!("x_refresh_token_hard_expires_in" in tokens), "nobody asked for the hard limit");
  assert.equal(client.getToken().realmId, realm);
  assert.ok(client.isAccessTokenValid());

  await assert.rejects(oauthClient(simulator.url).createToken(callback), { error: "invalid_grant" });
});

test("the hard limit of a refresh token is told to who asks for it", async () => {
  const client = oauthClient(simulator.url, { includeRefreshTokenHardExpiresIn: true });
  const tokens = await connect(client);
  assert.equal(tokens.x_refresh_token_hard_expires_in, 157_680_000);
});

test("without the openid scope there is no id token", async () => {
  const tokens = await connect(oauthClient(simulator.url), { scope: [OAuthClient.scopes.Accounting] });
  assert.equal(tokens.id_token, "");
});

test("a refresh makes a new access token; the refresh token stays the same within a day", async () => {
  const client = oauthClient(simulator.url);
  const { access_token: first, refresh_token: refresh } = await connect(client);
  await client.refresh();
  assert.notEqual(client.getToken().access_token, first);
  assert.equal(client.getToken().refresh_token, refresh);

  const other = oauthClient(simulator.url);
  await other.refreshUsingToken(refresh);
  assert.ok(other.getToken().access_token);
});

test("refusals of the token endpoint", async () => {
  const client = oauthClient(simulator.url);
  const { access_token: access } = await connect(client);
  const dead = await client.refreshUsingToken("RT1-0-none").catch((/** @type {unknown} */ error) => error);
  assert.equal(dead.error, "invalid_grant");
  assert.equal(dead.error_description, "Incorrect or invalid refresh token");
  assert.match(dead.intuit_tid, /\S/);
  await assert.rejects(client.refreshUsingToken(access), { error_description: "Incorrect Token type or clientID" });

  const stranger = oauthClient(simulator.url, { clientSecret: "guessed" });
  await assert.rejects(stranger.refreshUsingToken("RT1-0-none"), { error: "invalid_client" });
});

test("user info holds what the scopes allow", async () => {
  const client = oauthClient(simulator.url);
  await connect(client);
  const { json } = await client.getUserInfo();
  assert.match(json.sub, /\S/);
  assert.match(json.email, /@/);
  assert.equal(json.emailVerified, true);
  assert.match(json.givenName, /\S/);
  assert.match(json.familyName, /\S/);
  assert.equal(json.phoneNumber, undefined);

  const bare = oauthClient(simulator.url);
  await connect(bare, { scope: [OAuthClient.scopes.OpenId] });
  assert.deepEqual(Object.keys((await bare.getUserInfo()).json), ["sub"]);
});

test("the id token passes the client's validation, for its own app only", async () => {
  const client = oauthClient(simulator.url);
  const { id_token: idToken } = await connect(client);
  assert.equal(await client.validateIdToken(), true);

  const claims = JSON.parse(Buffer.from(idToken.split(".")[1], "base64url").toString());
  assert.deepEqual(claims.aud, [app.clientId]);
  assert.equal(claims.realmid, realm);

  const other = oauthClient(simulator.url, { clientId: "another-app" });
  other.setToken(client.getToken());
  await assert.rejects(other.validateIdToken(), /Invalid audience/);

  const forged = oauthClient(simulator.url);
  const body = Buffer.from(JSON.stringify({ ...claims, sub: "somebody-else" })).toString("base64url");
  const [header, , signature] = idToken.split(".");
  forged.setToken({ ...client.getToken(), id_token: `${header}.${body}.${signature}` });
  await assert.rejects(forged.validateIdToken(), /invalid signature/);
});

test("revoking either token ends the connection", async () => {
  for (const kind of ["access_token", "refresh_token"]) {
    const client = oauthClient(simulator.url);
    const tokens = { ...(await connect(client)) };
    const answer = await client.revoke({ [kind]: tokens[kind] });
    assert.equal(answer.status(), 200);
    assert.equal(answer.text(), "");
    assert.equal(client.getToken().access_token, "");

    const later = oauthClient(simulator.url);
    later.setToken(tokens);
    await assert.rejects(later.makeApiCall({ url: `v3/company/${realm}/companyinfo/${realm}` }), { code: "401" });
    await assert.rejects(later.refresh(), { error: "invalid_grant" });
    await assert.rejects(later.revoke({ [kind]: tokens[kind] }));
  }
});
