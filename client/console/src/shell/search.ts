// What a page keeps in its address: plain texts, as people would write them.
import { useNavigate, useSearch } from "@tanstack/react-router";

export type Search = Readonly<Record<string, string>>;

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** Writes what is not empty, in a fixed order, so that the same filters have the same address. */
export function stringifySearch(search: Record<string, unknown>): string {
  const entries = Object.entries(search).filter((entry): entry is [string, string] => {
    return typeof entry[1] === "string" && entry[1] !== "";
  });
  const text = new URLSearchParams(entries.sort(([a], [b]) => (a < b ? -1 : 1))).toString();
  return text === "" ? "" : `?${text}`;
}

/** The page's part of the address, and how to change it. Empty values leave the address. */
export function usePageSearch(): [Search, (change: Search, how?: { push?: boolean }) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const change = (changed: Search, how: { push?: boolean } = {}) => {
    const next = { ...search, ...changed };
    void navigate({ to: ".", search: next as never, replace: how.push !== true, resetScroll: false });
  };
  return [search, change];
}
