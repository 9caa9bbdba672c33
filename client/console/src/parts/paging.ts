// Pages of a list that the server cuts: each answer names the token of the next, and of no other.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Search } from "../shell/search.js";

export interface Paging {
  /** Counted from 1. */
  readonly page: number;
  readonly token: string;
  next(token: string): void;
  /** Undefined on the first page, and where the page before is not known: a shared link names one page only. */
  readonly previous: (() => void) | undefined;
  first(): void;
}

/** Keeps the tokens of the pages seen. `list` names the list with its filters: another one begins at its first page. */
export function usePaging(list: string): Paging {
  const [kept, setKept] = useState({ list, tokens: [""] });
  const tokens = kept.list === list ? kept.tokens : [""];
  const keep = (next: string[]) => setKept({ list, tokens: next });
  return {
    page: tokens.length,
    token: tokens.at(-1) ?? "",
    next: (token) => keep([...tokens, token]),
    previous: tokens.length > 1 ? () => keep(tokens.slice(0, -1)) : undefined,
    first: () => keep([""]),
  };
}

/** The address of a list's first page; whoever changes a filter goes there. */
export const firstPage: Search = { page: "", after: "" };

/**
 * As usePaging, for a long list: the page stands in the address, so that it survives a reload, can be shared, and is reached by
 * the browser's back button. The tokens of the pages before are kept with the answers, for as long as those.
 */
export function useAddressedPaging(
  list: string,
  search: Search,
  change: (search: Search, how: { push: boolean }) => void,
): Paging {
  const queries = useQueryClient();
  const key = ["page-tokens", list];
  const token = /^[\w-]{1,4096}$/.test(search.after ?? "") ? (search.after ?? "") : "";
  const page = token === "" ? 1 : Math.max(2, Number.parseInt(search.page ?? "", 10) || 0);
  const seen = queries.getQueryData<Readonly<Record<number, string>>>(key) ?? {};
  const before = page === 2 ? "" : seen[page - 1];
  const go = (to: number, after: string) => change(to === 1 ? firstPage : { page: String(to), after }, { push: true });
  return {
    page,
    token,
    next(after) {
      queries.setQueryData(key, { ...seen, [page]: token, [page + 1]: after });
      go(page + 1, after);
    },
    previous: page === 1 || before === undefined ? undefined : () => go(page - 1, before),
    first: () => go(1, ""),
  };
}
