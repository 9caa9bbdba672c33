// The filters of the chart, as they stand in the address.
import { type Account, AccountType } from "@tillpost/client/financial";
import type { Search } from "../../../shell/search.js";

export const stateWords = ["active", "inactive", "deleted"] as const;
export type StateWord = (typeof stateWords)[number];

export interface Filters {
  readonly search: string;
  readonly type: AccountType;
  /** Empty: active and inactive ones. */
  readonly state: StateWord | "";
}

/** The address without any filter. */
export const noFilters: Search = { find: "", type: "", state: "" };

/** The types by their words in an address: OTHER_CURRENT_ASSET is other-current-asset. */
export const typeWords: readonly string[] = Object.keys(AccountType)
  .filter((name) => Number.isNaN(Number(name)) && name !== "UNSPECIFIED")
  .map((name) => name.toLowerCase().replaceAll("_", "-"));

export function typeOf(word: string): AccountType {
  return typeWords.includes(word)
    ? AccountType[word.toUpperCase().replaceAll("-", "_") as keyof typeof AccountType]
    : AccountType.UNSPECIFIED;
}

/** Reads the filters from the address. What makes no sense is left out, so that any link opens the list. */
export function readFilters(search: Search): Filters {
  return {
    search: (search.find ?? "").slice(0, 100),
    type: typeOf(search.type ?? ""),
    state: stateWords.find((word) => word === search.state) ?? "",
  };
}

export function hasFilters({ search, type, state }: Filters): boolean {
  return search.trim() !== "" || type !== AccountType.UNSPECIFIED || state !== "";
}

export function stateOf(account: Account): StateWord {
  if (account.deleteTime !== undefined) {
    return "deleted";
  }
  return account.active ? "active" : "inactive";
}

/** Says whether an account is one of those that the filters ask for. */
export function matches(account: Account, { search, type, state }: Filters): boolean {
  const stands = stateOf(account);
  const text = search.trim().toLowerCase();
  return (
    (state === "" ? stands !== "deleted" : stands === state) &&
    (type === AccountType.UNSPECIFIED || account.type === type) &&
    (account.fullyQualifiedName.toLowerCase().includes(text) || account.number.toLowerCase().includes(text))
  );
}
