import { Code } from "@connectrpc/connect";
import type { SyncStatus } from "../../../gen/ts/tillpost/financial/v1/status_pb.js";
import { hasReason, TillpostError } from "./error.js";
import type { Tillpost } from "./tillpost.js";
import { backoffMs, linkedController, pause } from "./timing.js";

/** The first ceiling of a wait before reconnecting, in milliseconds; it doubles from try to try. */
const reconnectBaseMs = 500;
/** The highest ceiling of such a wait, in milliseconds. */
const reconnectCapMs = 30_000;
/** How long a connection may say nothing, in milliseconds. The server says something every 15 seconds. */
const silenceMs = 45_000;

/** How a status is watched. */
export interface WatchOptions {
  /** Ends the watch: the loop over it then ends by itself. */
  readonly signal?: AbortSignal | undefined;
  /** Told why a connection was lost, before the wait for the next one: to show that what is on the screen may be old. */
  readonly onReconnect?: ((error: TillpostError) => void) | undefined;
}

/**
 * Watches a retailer's status: yields it at once and again whenever it changes, and now and then unchanged. When the
 * connection is lost, falls silent or the server restarts, it connects again by itself, waiting longer from try to try up
 * to half a minute.
 *
 * It ends when the signal fires or the loop is left, and throws only what trying again cannot cure, such as
 * RETAILER_NOT_ALLOWED.
 */
export async function* watchSyncStatus(
  tillpost: Tillpost,
  retailerId: string,
  options: WatchOptions = {},
): AsyncGenerator<SyncStatus, void, undefined> {
  const { signal } = options;
  for (let tried = 0; !signal?.aborted; tried++) {
    let heard = false;
    try {
      for await (const status of watchOnce(tillpost, retailerId, signal)) {
        heard = true;
        tried = 0;
        yield status;
      }
    } catch (error) {
      if (signal?.aborted) {
        return;
      }
      if (!(error instanceof TillpostError) || !mayReconnect(error, heard)) {
        throw error;
      }
      options.onReconnect?.(error);
    }
    await pause(backoffMs(tried, reconnectBaseMs, reconnectCapMs), signal);
  }
}

/** Watches over one connection, and gives it up when it falls silent. */
async function* watchOnce(
  tillpost: Tillpost,
  retailerId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<SyncStatus, void, undefined> {
  const own = linkedController(signal);
  const listen = () => setTimeout(() => own.end(new Silence()), silenceMs);
  let silence = listen();
  try {
    for await (const { status } of tillpost.financial.watchSyncStatus({ retailerId }, { signal: own.signal })) {
      clearTimeout(silence);
      if (status !== undefined) {
        yield status;
      }
      silence = listen();
    }
  } finally {
    clearTimeout(silence);
    own.end();
  }
}

/** Why a silent connection is ended. */
class Silence extends Error {
  constructor() {
    super("the server has fallen silent");
  }
}

/**
 * What is worth another connection: a server that is away, a silent one, and whatever breaks a stream that has worked, a
 * token that expired meanwhile included, unless Tillpost says that it is of no use.
 */
function mayReconnect(error: TillpostError, heard: boolean): boolean {
  if (error.retryable || error.cause instanceof Silence) {
    return true;
  }
  const broke = error.reason === "" && error.code !== Code.Unauthenticated && error.code !== Code.PermissionDenied;
  return heard && (broke || hasReason(error, "TOKEN_EXPIRED", "DEADLINE_EXCEEDED"));
}
