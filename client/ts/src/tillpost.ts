import type { Client, Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { FinancialService } from "../../../gen/ts/tillpost/financial/v1/financial_service_pb.js";
import { IntegrationService } from "../../../gen/ts/tillpost/integration/v1/integration_service_pb.js";
import { checkToken, checkTokenTravelsSafely, parseBaseUrl } from "./address.js";
import type { GetToken } from "./call.js";
import { fetchTellingBreaks } from "./network.js";
import { createServiceClient, safeTransport } from "./transport.js";

export type { GetToken, TokenRequest } from "./call.js";

const defaultRetries = 3;
const maxRetries = 10;

/** How a client is made. */
export interface TillpostOptions {
  /**
   * Address of the server: `"https://tillpost.example"`, or `"http://127.0.0.1:8700"` without TLS. A path is kept as a
   * prefix of every call. In a browser it may be relative to the page: `"/"`.
   */
  readonly baseUrl: string;
  /** The bearer token of every call. It never becomes part of an error. Not together with `getToken`. */
  readonly token?: string | undefined;
  /**
   * Asked for the bearer token of every try, for tokens that expire. When the server refuses a token as expired, it is
   * asked once more, with `expired` set, and the call is made again. Not together with `token`.
   */
  readonly getToken?: GetToken | undefined;
  /**
   * How often a failed call is repeated, from 0 (never) to 10; 3 by default.
   *
   * Only calls that the API declares free of side effects or idempotent are repeated, and only after UNAVAILABLE (a
   * broken connection included), ABORTED, or RESOURCE_EXHAUSTED that names when to come back. A stream is repeated only
   * before its first message. Each wait is a random part of 100 ms, doubled from try to try up to 5 s, and not shorter
   * than the server asks for. The call's signal ends it all; a wait that would outlast its `timeoutMs` is not begun.
   */
  readonly retries?: number | undefined;
  /** What messages travel as: `"binary"` by default, or `"json"`, to read along in a browser's network tab. */
  readonly format?: "binary" | "json" | undefined;
  /** The fetch to use instead of the global one. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /**
   * Any transport of connect-es instead of one over fetch: gRPC from `@connectrpc/connect-node`, or
   * `createRouterTransport` in tests. Token, retries and errors work the same; `format` and `fetch` are then its own
   * matter.
   */
  readonly transport?: Transport | undefined;
  /**
   * True to let a token travel in the clear, over http:// to another machine: only where something else protects the
   * way. Without it `createTillpost` refuses.
   */
  readonly allowInsecureToken?: boolean | undefined;
}

/** The client of one Tillpost server. */
export interface Tillpost {
  /** Accounts, mappings, events and their status. */
  readonly financial: Client<typeof FinancialService>;
  /** The connection to QuickBooks. */
  readonly integration: Client<typeof IntegrationService>;
  /** The transport below both, with token, retries and errors in place: for connect-query, and clients of your own. */
  readonly transport: Transport;
  /** Address of the server as it is used, without a slash at the end. */
  readonly baseUrl: string;
}

/**
 * Makes a client. It opens no connection; the first call does.
 *
 * It throws a TypeError when the address cannot be used, when options contradict each other, and when a token would travel
 * in the clear to another machine.
 */
export function createTillpost(options: TillpostOptions): Tillpost {
  const { retries = defaultRetries } = options;
  const url = parseBaseUrl(options.baseUrl);
  if (!Number.isInteger(retries) || retries < 0 || retries > maxRetries) {
    throw new TypeError(`retries is a whole number from 0 to ${maxRetries}`);
  }
  const getToken = tokenSource(options);
  if (getToken !== undefined && !options.allowInsecureToken) {
    checkTokenTravelsSafely(url);
  }
  const baseUrl = url.href.replace(/\/+$/, "");
  const inner =
    options.transport ??
    createConnectTransport({
      baseUrl,
      useBinaryFormat: options.format !== "json",
      fetch: fetchTellingBreaks(options.fetch),
    });
  const transport = safeTransport(inner, { retries, getToken, renewable: options.getToken !== undefined });
  return {
    financial: createServiceClient(FinancialService, transport),
    integration: createServiceClient(IntegrationService, transport),
    transport,
    baseUrl,
  };
}

function tokenSource({ token, getToken }: TillpostOptions): GetToken | undefined {
  if (token === undefined) {
    return getToken;
  }
  if (getToken !== undefined) {
    throw new TypeError("token and getToken exclude each other");
  }
  checkToken(token);
  return () => token;
}
