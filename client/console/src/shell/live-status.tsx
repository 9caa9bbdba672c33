// The retailer's status, live: one stream for all pages, which goes on by itself over lost connections.
import { useQueryClient } from "@tanstack/react-query";
import { type TillpostError, watchSyncStatus } from "@tillpost/client";
import { FinancialService, type SyncStatus } from "@tillpost/client/financial";
import { IntegrationService } from "@tillpost/client/integration";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { useTillpost } from "../api/context.js";
import { refresh } from "../api/queries.js";

export interface LiveStatus {
  /** The newest status; undefined before the first. */
  readonly status: SyncStatus | undefined;
  /** Whether the status is being told: connecting at first, down while a lost connection is tried again. */
  readonly line: "connecting" | "live" | "down";
  /** Why the status cannot be watched at all. */
  readonly error: TillpostError | undefined;
  /** Begins again after an error. */
  restart(): void;
}

const LiveStatusContext = createContext<LiveStatus>({
  status: undefined,
  line: "connecting",
  error: undefined,
  restart: () => undefined,
});

export function useLiveStatus(): LiveStatus {
  return useContext(LiveStatusContext);
}

/** How often lists are read again, at most, while numbers change, in milliseconds. */
const listsEveryMs = 1_500;

/** Watches one retailer's status for the pages below, and has what depends on it read again when it changes. */
export function LiveStatusProvider({ retailer, children }: { retailer: string; children: ReactNode }) {
  const tillpost = useTillpost();
  const [state, setState] = useState<Omit<LiveStatus, "restart">>({
    status: undefined,
    line: "connecting",
    error: undefined,
  });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round begins the watch again
  useEffect(() => {
    const ended = new AbortController();
    const watch = async () => {
      const onReconnect = () => setState((old) => ({ ...old, line: "down" }));
      try {
        for await (const status of watchSyncStatus(tillpost, retailer, { signal: ended.signal, onReconnect })) {
          setState({ status, line: "live", error: undefined });
        }
      } catch (error) {
        if (!ended.signal.aborted) {
          setState((old) => ({ ...old, line: "down", error: error as TillpostError }));
        }
      }
    };
    setState({ status: undefined, line: "connecting", error: undefined });
    void watch();
    return () => ended.abort();
  }, [tillpost, retailer, round]);
  useReadAgain(state.status);
  const restart = () => setRound((old) => old + 1);
  return <LiveStatusContext value={{ ...state, restart }}>{children}</LiveStatusContext>;
}

/** Has the connection and the lists read again when the status says that they have changed. */
function useReadAgain(status: SyncStatus | undefined) {
  const client = useQueryClient();
  const connection = status && `${status.connectionHealth} ${status.syncStarted}`;
  const counts = status?.counts.map((c) => `${c.kind} ${c.state} ${c.reason} ${c.count}`).join();
  useEffect(() => {
    if (connection !== undefined) {
      void refresh(client, IntegrationService.method.getConnection);
    }
  }, [client, connection]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (counts === undefined || timer.current !== undefined) {
      return; // while numbers keep changing, the lists are not put off but read every time that the timer ends
    }
    timer.current = setTimeout(() => {
      timer.current = undefined;
      const { listEvents, listMappings, getEvent, previewEvent } = FinancialService.method;
      void refresh(client, listEvents, listMappings, getEvent, previewEvent, IntegrationService.method.listBackfills);
    }, listsEveryMs);
  }, [client, counts]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
}
