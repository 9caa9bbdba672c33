import { Code, ConnectError } from "@connectrpc/connect";
import { readDetails, type Violation } from "./details.js";

export type { Violation } from "./details.js";

/**
 * The stable reasons that Tillpost gives. They never change their meaning; a newer server may know more of them, so a
 * program treats one that it does not know by its code.
 */
export type ErrorReason =
  | "TOKEN_MISSING"
  | "TOKEN_INVALID"
  | "TOKEN_EXPIRED"
  | "KEYS_UNAVAILABLE"
  | "SCOPE_MISSING"
  | "RETAILER_NOT_ALLOWED"
  | "INVALID_REQUEST"
  | "REQUEST_TOO_LARGE"
  | "PAGE_TOKEN_INVALID"
  | "METHOD_UNKNOWN"
  | "PROTOCOL_ERROR"
  | "ACCOUNT_NOT_FOUND"
  | "ACCOUNT_IN_USE"
  | "ACCOUNT_DELETED"
  | "ACCOUNT_INACTIVE"
  | "ACCOUNT_TYPE_REFUSED"
  | "ACCOUNT_NOT_CREATED"
  | "LOCATION_NOT_FOUND"
  | "CLASS_NOT_FOUND"
  | "SYNC_NOT_STARTED"
  | "OPENING_STOCK_UNDECIDED"
  | "BACKFILL_NOT_FOUND"
  | "BACKFILL_UNFINISHED"
  | "BACKFILL_ENDED"
  | "EVENT_NOT_FOUND"
  | "RETURN_URL_NOT_ALLOWED"
  | "ALREADY_CONNECTED"
  | "NOT_CONNECTED"
  | "REAUTHORIZATION_REQUIRED"
  | "OTHER_COMPANY"
  | "ENTRIES_UNSETTLED"
  | "AUTHORIZATION_UNKNOWN"
  | "AUTHORIZATION_REFUSED"
  | "QUICKBOOKS_UNAVAILABLE"
  | "SCHEMA_MISMATCH"
  | "SERVER_STOPPING"
  | "CANCELED"
  | "DEADLINE_EXCEEDED"
  | "INTERNAL";

/** What a TillpostError is made of. */
export interface TillpostErrorInit {
  readonly code: Code;
  readonly message: string;
  readonly method: string;
  readonly reason?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly Violation[];
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** A call that failed. Every call of this package fails with one. */
export class TillpostError extends Error {
  override readonly name = "TillpostError";
  /** The kind of failure, the same in every protocol. */
  readonly code: Code;
  /**
   * The stable reason, for programs to decide on; see {@link hasReason}. Empty when the failure is not Tillpost's own
   * word: a broken connection, a proxy's answer, a call that the caller ended.
   */
  readonly reason: ErrorReason | (string & {});
  /** Facts for programs that go with the reason, `correlation_id` for instance. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The fields that made the server refuse a malformed request, in its order; empty for every other failure. */
  readonly violations: readonly Violation[];
  /** True when the same call may safely be made again, and waiting may help. The package's own retries are used up. */
  readonly retryable: boolean;
  /** The method that was called: `"tillpost.financial.v1.FinancialService/MapEvent"`. */
  readonly method: string;

  /** For tests of programs that handle failures; calls make their own. */
  constructor(init: TillpostErrorInit) {
    super(init.message, { cause: init.cause });
    this.code = init.code;
    this.reason = init.reason ?? "";
    this.metadata = init.metadata ?? {};
    this.violations = init.violations ?? [];
    this.retryable = init.retryable ?? false;
    this.method = init.method;
  }
}

/**
 * Reports whether a failure has one of the given reasons.
 *
 * ```ts
 * if (hasReason(error, "NOT_CONNECTED", "REAUTHORIZATION_REQUIRED")) askToConnect();
 * ```
 */
export function hasReason<R extends ErrorReason>(
  error: unknown,
  ...reasons: [R, ...R[]]
): error is TillpostError & { readonly reason: R } {
  return error instanceof TillpostError && (reasons as string[]).includes(error.reason);
}

/** A failed try, with what decides on another one. */
export interface FailedTry {
  readonly error: TillpostError;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryDelayMs: number | undefined;
}

/** Reads what a transport threw. A caller's signal that has fired explains any failure. */
export function readFailure(
  thrown: unknown,
  call: { readonly method: string; readonly repeatable: boolean; readonly signal: AbortSignal | undefined },
): FailedTry {
  if (call.signal?.aborted) {
    return { error: abandoned(call.method, call.signal), retryDelayMs: undefined };
  }
  const failure = ConnectError.from(thrown);
  const { retryDelayMs, ...details } = readDetails(failure);
  const transient = isTransient(failure.code, retryDelayMs);
  const error = new TillpostError({
    code: failure.code,
    message: failure.rawMessage,
    method: call.method,
    retryable: transient && call.repeatable,
    ...details,
    cause: failure,
  });
  return { error, retryDelayMs };
}

/** The same rules as in the Go client: a server that is away, a lost race, or a limit that says when to come back. */
function isTransient(code: Code, retryDelayMs: number | undefined): boolean {
  if (code === Code.ResourceExhausted) {
    return retryDelayMs !== undefined;
  }
  return code === Code.Unavailable || code === Code.Aborted;
}

/** The failure of a call whose caller's signal has fired. */
export function abandoned(method: string, signal: AbortSignal): TillpostError {
  const late = signal.reason instanceof Error && signal.reason.name === "TimeoutError";
  return new TillpostError({
    code: late ? Code.DeadlineExceeded : Code.Canceled,
    message: late ? "the call took longer than its signal allowed" : "the caller ended the call",
    method,
    cause: signal.reason,
  });
}
