// intuit-oauth, unmodified, with the simulator's addresses in the places where its documentation has one set them.
import OAuthClient from "intuit-oauth";
import { consent } from "./consent.mjs";
import { app } from "./simulator.mjs";

/** Every scope that the simulated app may ask for in these tests. */
export const scopes = [
  OAuthClient.scopes.Accounting,
  OAuthClient.scopes.OpenId,
  OAuthClient.scopes.Profile,
  OAuthClient.scopes.Email,
];

/**
 * @param {string} url of the simulator
 * @param {object} [settings] beside the app's
 */
export function oauthClient(url, settings = {}) {
  OAuthClient.environment.sandbox = `${url}/`;
  OAuthClient.jwks_uri = `${url}/op/v1/jwks`;
  const client = new OAuthClient({ ...app, environment: "sandbox", ...settings });
  client.setAuthorizeURLs({
    authorizeEndpoint: `${url}/connect/oauth2`,
    tokenEndpoint: `${url}/oauth2/v1/tokens/bearer`,
    revokeEndpoint: `${url}/v2/oauth2/tokens/revoke`,
    userInfoEndpoint: `${url}/v1/openid_connect/userinfo`,
  });
  return client;
}

/**
 * Connects a client to a company: consent, callback, exchange.
 * @param {OAuthClient} client
 * @param {{realm?: string, scope?: string[]}} [choice]
 * @returns {Promise<Record<string, any>>} the tokens, with the realm id
 */
export async function connect(client, { realm, scope = scopes } = {}) {
  const callback = await consent(client.authorizeUri({ scope, state: "s" }), realm ? { realm } : {});
  await client.createToken(callback);
  return client.getToken();
}
