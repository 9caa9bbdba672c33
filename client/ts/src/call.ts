// One call and its repetitions: the rules of the Go client, tried again only where that cannot do a thing twice.
import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Level } from "@bufbuild/protobuf/wkt";
import { type CallOptions, Code } from "@connectrpc/connect";
import { checkToken } from "./address.js";
import { abandoned, type FailedTry, readFailure, TillpostError } from "./error.js";
import { backoffMs, linkedController, pause } from "./timing.js";

/** The first ceiling of a wait between two tries, in milliseconds; it doubles from try to try. */
const backoffBaseMs = 100;
/** The highest ceiling of a wait, in milliseconds. */
const backoffCapMs = 5_000;
/** The longest wait that a server may ask for, in milliseconds; beyond it the caller decides. */
const maxWaitMs = 30_000;

/** What a token source is told. */
export interface TokenRequest {
  /**
   * True when the server has just refused the last token as expired: a source that keeps tokens must get a new one.
   */
  readonly expired: boolean;
  /** Fires when the call that needs the token ends. */
  readonly signal: AbortSignal;
}

/**
 * Returns the bearer token for one try of a call. It is called for every try, so it keeps a token until shortly before
 * that expires. When it throws, the call fails.
 */
export type GetToken = (request: TokenRequest) => string | Promise<string>;

/** What holds for every call of a client. */
export interface CallRules {
  /** How often a failed call is repeated. */
  readonly retries: number;
  readonly getToken: GetToken | undefined;
  /** Whether `getToken` may have another token when one has expired. */
  readonly renewable: boolean;
}

/** What a caller asked for. */
export interface Call {
  readonly method: DescMethod;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly headers: HeadersInit | undefined;
}

/** What one try is made with. */
export interface Try {
  readonly headers: Headers;
  /** What is left of the call's time, in milliseconds, always positive; undefined without a deadline. */
  readonly timeoutMs: number | undefined;
}

/** Makes a call: one try, and as many more as the rules allow. It fails with a TillpostError. */
export async function makeCall<T>(rules: CallRules, call: Call, attempt: (t: Try) => Promise<T>): Promise<T> {
  const limited = call.timeoutMs !== undefined && call.timeoutMs > 0;
  const deadline = limited ? Date.now() + (call.timeoutMs ?? 0) : Number.POSITIVE_INFINITY;
  const known = describeCall(call);
  let renewed = false;
  for (let [tried, expired] = [0, false]; ; ) {
    let failed: FailedTry;
    try {
      if (call.signal?.aborted) {
        throw abandoned(known.method, call.signal);
      }
      const headers = await authorize(rules, call, expired, deadline);
      const left = timeLeft(deadline, known.method);
      return await attempt({ headers, timeoutMs: left });
    } catch (thrown) {
      if (thrown instanceof TillpostError) {
        throw thrown; // not a try's: the call cannot go on
      }
      failed = readFailure(thrown, known);
    }
    expired = failed.error.reason === "TOKEN_EXPIRED" && rules.renewable && !renewed;
    if (expired) {
      renewed = true; // the server has done nothing yet, so any method may be repeated
      continue;
    }
    const waitMs = backoffMs(tried, backoffBaseMs, backoffCapMs) + (failed.retryDelayMs ?? 0);
    tried++;
    if (!failed.error.retryable || tried > rules.retries || waitMs > maxWaitMs || Date.now() + waitMs >= deadline) {
      throw failed.error;
    }
    await pause(waitMs, call.signal);
  }
}

/** Makes the options of a call of those that are given; connect's own do not take an undefined one. */
export function callOptions(given: { signal?: AbortSignal | undefined; timeoutMs?: number | undefined }): CallOptions {
  const options: CallOptions = {};
  if (given.signal !== undefined) {
    options.signal = given.signal;
  }
  if (given.timeoutMs !== undefined) {
    options.timeoutMs = given.timeoutMs;
  }
  return options;
}

/** What the errors of a call need to know of it. */
export function describeCall(call: Pick<Call, "method" | "signal">) {
  const { method } = call;
  const single = method.methodKind === "unary" || method.methodKind === "server_streaming";
  const declared = method.idempotency === Level.NO_SIDE_EFFECTS || method.idempotency === Level.IDEMPOTENT;
  return { method: `${method.parent.typeName}/${method.name}`, repeatable: single && declared, signal: call.signal };
}

/** What is left of a call's time; it throws when nothing is. */
function timeLeft(deadline: number, method: string): number | undefined {
  if (deadline === Number.POSITIVE_INFINITY) {
    return undefined;
  }
  const left = deadline - Date.now();
  if (left <= 0) {
    throw outOfTime(method);
  }
  return left;
}

function outOfTime(method: string): TillpostError {
  const message = "the call took longer than its deadline";
  return new TillpostError({ code: Code.DeadlineExceeded, message, method });
}

/** Returns the headers of one try, with a token asked for this very try. */
async function authorize(rules: CallRules, call: Call, expired: boolean, deadline: number): Promise<Headers> {
  const { method, signal } = describeCall(call);
  const headers = new Headers(call.headers);
  if (rules.getToken === undefined) {
    return headers;
  }
  const left = timeLeft(deadline, method);
  const asking = linkedController(signal);
  let late = false;
  const expire = () => {
    late = true;
    asking.end();
  };
  const timer = left === undefined ? undefined : setTimeout(expire, left);
  try {
    const token = await Promise.race([rules.getToken({ expired, signal: asking.signal }), fired(asking.signal)]);
    checkToken(token);
    headers.set("Authorization", `Bearer ${token}`);
    return headers;
  } catch (cause) {
    if (signal?.aborted) {
      throw abandoned(method, signal);
    }
    if (late) {
      throw outOfTime(method);
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TillpostError({ code: Code.Unauthenticated, message: `no token could be had: ${why}`, method, cause });
  } finally {
    clearTimeout(timer);
    asking.end();
  }
}

/** Never resolves; rejects when the signal fires, or has fired. */
function fired(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason);
    if (signal.aborted) {
      fail();
    } else {
      signal.addEventListener("abort", fail, { once: true });
    }
  });
}
