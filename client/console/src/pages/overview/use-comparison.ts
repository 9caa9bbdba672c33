// The comparison with QuickBooks: a stream that tells day by day. It ends with the page, and begins anew for other days.
import type { ComparedDay, ComparisonProgress, ComparisonSummary } from "@tillpost/client/financial";
import { useEffect, useRef, useState } from "react";
import { useTillpost } from "../../api/context.js";
import { useRetailer } from "../../shell/retailer.js";

interface ComparisonState {
  /** The days that it is of. */
  readonly of: string;
  readonly running: boolean;
  readonly stopped: boolean;
  readonly progress: ComparisonProgress | undefined;
  readonly days: ReadonlyMap<string, ComparedDay>;
  readonly summary: ComparisonSummary | undefined;
  readonly error: unknown;
}

export interface Comparing extends ComparisonState {
  start(): Promise<void>;
  stop(): void;
}

export function useComparison(from: string, to: string): Comparing {
  const tillpost = useTillpost();
  const retailerId = useRetailer();
  const of = `${retailerId} ${from} ${to}`;
  const idle: ComparisonState = {
    of,
    running: false,
    stopped: false,
    progress: undefined,
    days: new Map(),
    summary: undefined,
    error: undefined,
  };
  const [kept, setKept] = useState(idle);
  const leaving = useRef<AbortController | undefined>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what other days say is of no use any more
  useEffect(() => () => leaving.current?.abort(), [of]);
  const start = async () => {
    leaving.current?.abort();
    const ended = new AbortController();
    leaving.current = ended;
    const change = (next: (old: ComparisonState) => Partial<ComparisonState>) =>
      setKept((old) => (leaving.current === ended ? { ...old, ...next(old) } : old));
    setKept({ ...idle, running: true });
    try {
      const call = tillpost.financial.compareWithQuickBooks(
        { retailerId, fromTxnDate: from, toTxnDate: to },
        { signal: ended.signal },
      );
      for await (const { update } of call) {
        if (update.case === "progress") {
          change(() => ({ progress: update.value }));
        } else if (update.case === "day") {
          change(({ days }) => ({ days: new Map(days).set(update.value.txnDate, update.value) }));
        } else if (update.case === "summary") {
          change(() => ({ summary: update.value, running: false }));
        }
      }
      change(() => ({ running: false }));
    } catch (error) {
      change(() => (ended.signal.aborted ? { running: false, stopped: true } : { running: false, error }));
    }
  };
  const state = kept.of === of ? kept : idle;
  return { ...state, start, stop: () => leaving.current?.abort() };
}
