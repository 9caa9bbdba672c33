// node-quickbooks, unmodified, with the simulator's addresses in the statics that it reads them from.
import QuickBooks from "node-quickbooks";
import { app } from "./simulator.mjs";

/**
 * @param {string} url of the simulator
 * @param {Record<string, any>} tokens with the realm id
 */
export function quickBooks(url, tokens) {
  QuickBooks.V3_ENDPOINT_BASE_URL = `${url}/v3/company/`;
  QuickBooks.TOKEN_URL = `${url}/oauth2/v1/tokens/bearer`;
  QuickBooks.REVOKE_URL = `${url}/v2/oauth2/tokens/revoke`;
  QuickBooks.USER_INFO_URL = `${url}/v1/openid_connect/userinfo`;
  return quickBooksAsIs(tokens);
}

/**
 * A client with whatever addresses the statics have.
 * @param {Record<string, any>} tokens with the realm id
 * @param {boolean} useSandbox
 */
export function quickBooksAsIs(tokens, useSandbox = true) {
  const { access_token: token, refresh_token: refresh, realmId } = tokens;
  return new QuickBooks(app.clientId, app.clientSecret, token, false, realmId, useSandbox, false, null, "2.0", refresh);
}

/**
 * Calls a method that takes a callback.
 * @param {any} client
 * @param {string} method
 * @param {...unknown} args
 * @returns {Promise<any>} what the callback gets; where that is an error, the promise rejects with what was answered
 */
export function call(client, method, ...args) {
  return new Promise((resolve, reject) => {
    client[method](...args, (/** @type {any} */ error, /** @type {any} */ data) => {
      if (!error) {
        resolve(data);
        return;
      }
      const { response } = error;
      const said = response ? `${response.status} ${JSON.stringify(response.data)}` : error.message;
      reject(Object.assign(new Error(`${method}: ${said}`), { response }));
    });
  });
}

/**
 * Calls a method that has to fail.
 * @param {any} client
 * @param {string} method
 * @param {...unknown} args
 * @returns {Promise<{status: number, fault: any}>} the HTTP status and Fault as the client hands them on
 */
export async function refusal(client, method, ...args) {
  let data;
  try {
    data = await call(client, method, ...args);
  } catch (error) {
    const response = /** @type {any} */ (error).response;
    if (!response) {
      throw error;
    }
    return { status: response.status, fault: response.data.Fault ?? response.data.fault };
  }
  throw new Error(`${method} was not refused but answered ${JSON.stringify(data)}`);
}
