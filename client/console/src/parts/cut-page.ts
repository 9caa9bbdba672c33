import type { Paging } from "./paging.js";

/** Cuts a page out of a list that is here as a whole; its tokens are the numbers of the first lines. */
export function cutPage<Row>(all: readonly Row[] | undefined, paging: Paging, size: number) {
  const length = all?.length ?? 0;
  // Fewer lines may be left than when the page was opened.
  const last = Math.max(0, Math.ceil(length / size) - 1) * size;
  const first = Math.min(Number(paging.token), last);
  return { rows: all?.slice(first, first + size), nextToken: length > first + size ? String(first + size) : "" };
}
