// The whole chart, and who uses an account of it. Both are read to their last page: a tree cannot be cut before it is built,
// and a chart has hundreds of accounts, seldom thousands.
import { useInfiniteQuery } from "@connectrpc/connect-query";
import { type Account, FinancialService, type Mapping, type SlotUse } from "@tillpost/client/financial";
import { useEffect, useMemo } from "react";
import { useRetailer } from "../../../shell/retailer.js";

const { listAccounts, listMappings } = FinancialService.method;
const pageSize = 1_000;
const paged = {
  pageParamKey: "pageToken" as const,
  getNextPageParam: ({ nextPageToken }: { nextPageToken: string }) => nextPageToken || undefined,
};

/** Every account, deleted ones too; `accounts` is undefined until all are there. */
export function useChart() {
  const retailerId = useRetailer();
  const query = useInfiniteQuery(listAccounts, { retailerId, pageSize, pageToken: "", showDeleted: true }, paged);
  useToLastPage(query);
  const { data, hasNextPage } = query;
  const accounts = useMemo(
    () => (data === undefined || hasNextPage ? undefined : data.pages.flatMap((page) => page.accounts)),
    [data, hasNextPage],
  );
  return { accounts, error: query.error, refetch: query.refetch };
}

/** A mapping that uses an account, and how many events wait for what it fills. */
export interface Use {
  readonly mapping: Mapping;
  readonly waiting: bigint;
}

/** The mappings of an account; undefined until all are known. */
export function useUses(account: Account | undefined) {
  const retailerId = useRetailer();
  const used = account !== undefined && account.mappingCount > 0;
  const query = useInfiniteQuery(listMappings, { retailerId, pageSize, pageToken: "" }, { ...paged, enabled: used });
  useToLastPage(query);
  const { data, hasNextPage } = query;
  const uses = useMemo(() => {
    if (!used) {
      return [];
    }
    return data === undefined || hasNextPage
      ? undefined
      : usesOf(
          account.accountId,
          data.pages.flatMap((page) => page.slots),
        );
  }, [used, account, data, hasNextPage]);
  return { uses, error: query.error, refetch: query.refetch };
}

/** Collects the mappings of an account from the slots that they answer for: one may answer for many. */
export function usesOf(accountId: string, slots: readonly SlotUse[]): Use[] {
  const found = new Map<string, Use>();
  for (const { mapping, waitingEventCount } of slots) {
    if (mapping?.accountId !== accountId) {
      continue;
    }
    const { role, key, locationId } = mapping.slot ?? {};
    const id = JSON.stringify([role, key, locationId]);
    found.set(id, { mapping, waiting: (found.get(id)?.waiting ?? 0n) + waitingEventCount });
  }
  return [...found.values()];
}

interface Pages {
  readonly hasNextPage: boolean;
  readonly isFetching: boolean;
  readonly isError: boolean;
  fetchNextPage(): unknown;
}

function useToLastPage({ hasNextPage, isFetching, isError, fetchNextPage }: Pages) {
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) {
      void fetchNextPage();
    }
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
}
