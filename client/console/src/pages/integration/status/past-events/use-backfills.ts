// The backfill to show: by the live status while one is unfinished, otherwise the newest one that has ended.
import { useQuery } from "@connectrpc/connect-query";
import { useQueryClient } from "@tanstack/react-query";
import { timestampDate } from "@tillpost/client";
import { type Backfill, Backfill_State, type SyncStatus } from "@tillpost/client/financial";
import { IntegrationService } from "@tillpost/client/integration";
import { useEffect } from "react";
import { refresh } from "../../../../api/queries.js";
import { useRetailer } from "../../../../shell/retailer.js";
import type { Search } from "../../../../shell/search.js";

const { listBackfills } = IntegrationService.method;

export function isUnfinished(backfill: Backfill | undefined): boolean {
  return backfill?.state === Backfill_State.RUNNING || backfill?.state === Backfill_State.PAUSED;
}

/** The errors among which a backfill's are: those of its dates, whatever brought them there. */
export function errorsOf({ fromBusinessDate, toBusinessDate }: Backfill): Search {
  return { state: "error", from: fromBusinessDate, to: toBusinessDate };
}

/** The newest backfill, live; `backfill` is undefined before the first answer and where there was none. */
export function useNewestBackfill(status: SyncStatus | undefined) {
  const retailerId = useRetailer();
  const queries = useQueryClient();
  const query = useQuery(listBackfills, { retailerId, pageSize: 1 });
  const live = status?.backfill;
  const stands = status && `${live?.backfillId} ${live?.state}`;
  useEffect(() => {
    if (stands !== undefined) {
      void refresh(queries, listBackfills); // it began, paused, went on or ended, here or elsewhere
    }
  }, [queries, stands]);
  return { backfill: newer(live, query.data?.backfills[0]), query };
}

/** Chooses between what the status and what the list says; the status comes more often, and a change is in the list first. */
export function newer(live: Backfill | undefined, listed: Backfill | undefined): Backfill | undefined {
  if (live === undefined || listed === undefined) {
    return live ?? listed;
  }
  if (live.backfillId !== listed.backfillId) {
    return Number(live.backfillId) > Number(listed.backfillId) ? live : listed;
  }
  return changedAt(listed) > changedAt(live) ? listed : live;
}

function changedAt({ changeTime, endTime }: Backfill): number {
  return Math.max(changeTime ? timestampDate(changeTime).getTime() : 0, endTime ? timestampDate(endTime).getTime() : 0);
}
