// Links between pages, by the page's id. A page that does not exist has no link.
import { useRouter } from "@tanstack/react-router";
import { createContext, type MouseEvent, useContext } from "react";
import { useRetailer } from "./retailer.js";
import { type Search, stringifySearch } from "./search.js";

/** Where each page lies; filled by the frame from routes.tsx. */
export const PagePaths = createContext<ReadonlyMap<string, string>>(new Map());

export interface PageLinks {
  /** The address of a page of this retailer, for `href`; undefined where there is no such page. */
  href(page: string, search?: Search): string | undefined;
  /** Goes there without loading the console again: the `onClick` of a link. */
  follow(event: MouseEvent<HTMLAnchorElement>): void;
  go(page: string, search?: Search): void;
}

export function usePageLinks(): PageLinks {
  const paths = useContext(PagePaths);
  const retailer = useRetailer();
  const router = useRouter({ warn: false });
  const inside = (page: string, search: Search = {}) => {
    const path = paths.get(page);
    return path === undefined ? undefined : `/${encodeURIComponent(retailer)}/${path}${stringifySearch(search)}`;
  };
  const href = (page: string, search?: Search) => {
    const to = inside(page, search);
    return to === undefined ? undefined : `/console${to}`;
  };
  return {
    href,
    follow(event) {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
        return; // another tab or window was asked for
      }
      event.preventDefault();
      router.history.push(event.currentTarget.getAttribute("href") ?? "");
    },
    go(page, search) {
      router.history.push(href(page, search) ?? "/console/");
    },
  };
}
