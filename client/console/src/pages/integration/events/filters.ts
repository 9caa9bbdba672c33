// The filters of the list, as they stand in the address and as the API takes them.
import { EventKind, EventState, Reason } from "@tillpost/client/financial";
import { ofWord, wordOf, wordsOf } from "../../../format/words.js";
import type { Search } from "../../../shell/search.js";

/** Words for the address; the API's numbers would mean nothing to people who read it. */
const states: Readonly<Record<string, EventState>> = {
  "never-synced": EventState.NEVER_SYNCED,
  waiting: EventState.PENDING,
  processing: EventState.PROCESSING,
  synced: EventState.SYNCED,
  error: EventState.ACTION_REQUIRED,
  nothing: EventState.NOTHING_TO_POST,
  skipped: EventState.SKIPPED,
};

export const stateWords = Object.keys(states);
export const kindWords = wordsOf(EventKind);
export const reasonWords = wordsOf(Reason);

export interface Filters {
  /** Empty: every state. */
  readonly states: EventState[];
  readonly reason: Reason;
  readonly kind: EventKind;
  readonly locationId: string;
  readonly fromBusinessDate: string;
  readonly toBusinessDate: string;
  /** What a number or an event id begins with. */
  readonly search: string;
}

/** Reads the filters from the address. What makes no sense is left out, so that any link opens the list. */
export function readFilters(search: Search): Filters {
  const reason = reasonOf(search.reason ?? "");
  return {
    // A cause is one of errors only.
    states: reason === Reason.UNSPECIFIED ? statesOf(search.state ?? "") : [EventState.ACTION_REQUIRED],
    reason,
    kind: kindOf(search.kind ?? ""),
    locationId: matching(search.location, /^[!-~]{1,64}$/),
    fromBusinessDate: matching(search.from, /^\d{4}-\d{2}-\d{2}$/),
    toBusinessDate: matching(search.to, /^\d{4}-\d{2}-\d{2}$/),
    search: (search.search ?? "").trim().slice(0, 64),
  };
}

export function hasFilters(filters: Filters): boolean {
  return Object.values(filters).some((value) =>
    Array.isArray(value) ? value.length > 0 : value !== 0 && value !== "",
  );
}

/** The address without any filter. */
export const noFilters: Search = { state: "", reason: "", kind: "", location: "", from: "", to: "", search: "" };

export function stateOf(word: string): EventState {
  return Object.hasOwn(states, word) ? (states[word] as EventState) : EventState.UNSPECIFIED;
}

/** Reads several states: "waiting,processing". */
function statesOf(words: string): EventState[] {
  const known = words.split(",").map(stateOf);
  return stateWords.map(stateOf).filter((state) => known.includes(state));
}

/** Writes states as an address has them, always in one order. */
export function wordsOfStates(chosen: readonly EventState[]): string {
  return stateWords.filter((word) => chosen.includes(stateOf(word))).join(",");
}
export function kindOf(word: string): EventKind {
  return ofWord(EventKind, word);
}
export function reasonOf(word: string): Reason {
  return ofWord(Reason, word);
}
export function wordOfReason(reason: Reason): string {
  return wordOf(Reason, reason);
}

function matching(text: string | undefined, pattern: RegExp): string {
  return text !== undefined && pattern.test(text) ? text : "";
}
