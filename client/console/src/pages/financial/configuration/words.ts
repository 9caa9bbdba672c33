// What the page keeps in its address: filters, and the place that is open.
import { Role, type Slot } from "@tillpost/client/financial";
import { ofWord, wordOf, wordsOf } from "../../../format/words.js";
import type { Search } from "../../../shell/search.js";

/** A place by its role, key and location; Slot without its message. */
export interface Place {
  readonly role: Role;
  /** Empty: any key. */
  readonly key: string;
  /** Empty: any location. */
  readonly locationId: string;
}

export const shows = ["attention", "suggested", "own"] as const;
export type Show = (typeof shows)[number] | "";

export interface Filters {
  readonly find: string;
  readonly role: Role;
  readonly location: string;
  readonly show: Show;
}

export const roleWords = wordsOf(Role);

export function roleOf(word: string): Role {
  return ofWord(Role, word);
}
export function wordOfRole(role: Role): string {
  return wordOf(Role, role);
}

/** Reads the filters from the address. What makes no sense is left out, so that any link opens the page. */
export function readFilters(search: Search): Filters {
  return {
    find: (search.find ?? "").slice(0, 100),
    role: roleOf(search.role ?? ""),
    location: isLocation(search.location) ? search.location : "",
    show: shows.find((show) => show === search.show) ?? "",
  };
}

export const noFilters: Search = { find: "", role: "", location: "", show: "" };

export function hasFilters(filters: Filters): boolean {
  return filters.find !== "" || filters.role !== Role.UNSPECIFIED || filters.location !== "" || filters.show !== "";
}

/** The place that is open, if there is one. `adding` is true for a key that is yet to be typed. */
export interface Opened {
  readonly place: Place;
  readonly adding: boolean;
}

export function readOpened(search: Search): Opened | undefined {
  const role = roleOf(search.edit ?? "");
  if (role === Role.UNSPECIFIED) {
    return undefined;
  }
  const key = (search.key ?? "").trim().slice(0, 100);
  return { place: { role, key, locationId: isLocation(search.at) ? search.at : "" }, adding: search.add === "key" };
}

/** The address that opens a place. */
export function openedAt(place: Place): Search {
  return { edit: wordOfRole(place.role), key: place.key, at: place.locationId, add: "" };
}

/** The address that opens a role for a key that is yet to be typed. */
export function addingTo(role: Role): Search {
  return { edit: wordOfRole(role), key: "", at: "", add: "key" };
}

export const nothingOpened: Search = { edit: "", key: "", at: "", add: "" };

/**
 * Where to mend what holds events up: the one place itself, for any location, or the list of all. Other pages link by it.
 */
export function mendSearch(slots: readonly Slot[]): Search {
  const places = new Map(slots.map((slot) => [`${slot.role} ${slot.key}`, slot]));
  const [only] = places.values();
  const opened = places.size === 1 && only !== undefined;
  return {
    show: "attention",
    ...(opened && openedAt({ role: only.role, key: only.key, locationId: "" })),
  };
}

function isLocation(text: string | undefined): text is string {
  return text !== undefined && /^[!-~]{1,64}$/.test(text);
}
