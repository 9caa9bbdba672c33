// Lists that the page needs whole: the matrix is made of all places, and the picker offers all accounts.
import type { DescMethodUnary } from "@bufbuild/protobuf";
import { createConnectQueryKey } from "@connectrpc/connect-query";
import { useQuery } from "@tanstack/react-query";
import { FinancialService } from "@tillpost/client/financial";
import { useTillpost } from "../../../api/context.js";
import { useRetailer } from "../../../shell/retailer.js";

const { listAccounts, listMappings } = FinancialService.method;
/** The most that the API gives at once. */
const pageSize = 1_000;

/** Every place in use, and where its account comes from. */
export function usePlaces() {
  const { financial } = useTillpost();
  const retailerId = useRetailer();
  return useAll(listMappings, async (pageToken, signal) => {
    const page = await financial.listMappings({ retailerId, pageSize, pageToken }, { signal });
    return [page.slots, page.nextPageToken];
  });
}

/** The chart of accounts. */
export function useAccounts() {
  const { financial } = useTillpost();
  const retailerId = useRetailer();
  return useAll(listAccounts, async (pageToken, signal) => {
    const page = await financial.listAccounts({ retailerId, pageSize, pageToken }, { signal });
    return [page.accounts, page.nextPageToken];
  });
}

/** Reads a list page by page to its end; `refresh` of its method has it read again. */
function useAll<Row>(
  schema: DescMethodUnary,
  read: (pageToken: string, signal: AbortSignal) => Promise<[rows: Row[], nextPageToken: string]>,
) {
  const retailerId = useRetailer();
  return useQuery({
    queryKey: [...createConnectQueryKey({ schema, cardinality: "finite" }), "all", retailerId],
    queryFn: async ({ signal }) => {
      const all: Row[] = [];
      let pageToken = "";
      do {
        const [rows, next] = await read(pageToken, signal);
        all.push(...rows);
        pageToken = next;
      } while (pageToken !== "");
      return all;
    },
  });
}
