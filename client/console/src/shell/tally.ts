// The status's counts by what a retailer asks for.
import { EventState, type Reason, type SyncStatus } from "@tillpost/client/financial";

export interface Tally {
  readonly synced: bigint;
  /** Waiting or on the way. */
  readonly waiting: bigint;
  /** Recorded before sync was started. */
  readonly past: bigint;
  readonly errors: bigint;
  /** Skipped, or with nothing to post. */
  readonly aside: bigint;
  readonly total: bigint;
  /** The causes of the errors, the most frequent first. */
  readonly causes: readonly Cause[];
}

export interface Cause {
  readonly reason: Reason;
  readonly count: bigint;
}

/** Adds the counts up. Without a status there is nothing to tell yet. */
export function tally(status: SyncStatus | undefined): Tally | undefined {
  if (status === undefined) {
    return undefined;
  }
  const sums = { synced: 0n, waiting: 0n, past: 0n, errors: 0n, aside: 0n };
  const causes = new Map<Reason, bigint>();
  for (const { state, reason, count } of status.counts) {
    sums[bucketOf(state)] += count;
    if (state === EventState.ACTION_REQUIRED) {
      causes.set(reason, (causes.get(reason) ?? 0n) + count);
    }
  }
  const sorted = [...causes].map(([reason, count]) => ({ reason, count }));
  sorted.sort((a, b) => (a.count === b.count ? a.reason - b.reason : a.count > b.count ? -1 : 1));
  return { ...sums, total: status.totalCount, causes: sorted };
}

function bucketOf(state: EventState): "synced" | "waiting" | "past" | "errors" | "aside" {
  switch (state) {
    case EventState.SYNCED:
      return "synced";
    case EventState.ACTION_REQUIRED:
      return "errors";
    case EventState.NEVER_SYNCED:
      return "past";
    case EventState.SKIPPED:
    case EventState.NOTHING_TO_POST:
      return "aside";
    default:
      return "waiting";
  }
}
