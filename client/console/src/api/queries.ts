// One client of queries for all pages, and how they are made to look again.

import type { DescMethodUnary } from "@bufbuild/protobuf";
import { createConnectQueryKey } from "@connectrpc/connect-query";
import { QueryClient } from "@tanstack/react-query";

/** Makes the cache of answers. Repeating is the client's business: it knows what may be repeated. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, staleTime: 10_000, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
}

/** Has every answer of the given methods asked for again: after a change, or when the live status says so. */
export function refresh(client: QueryClient, ...methods: DescMethodUnary[]): Promise<unknown> {
  return Promise.all(
    methods.map((schema) =>
      client.invalidateQueries({ queryKey: createConnectQueryKey({ schema, cardinality: undefined }) }),
    ),
  );
}
