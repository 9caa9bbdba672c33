// From the places that the API lists, one for each role, key and location in use, to the matrix that people read: one row
// for each role and key, and one below it for each location that differs.
import {
  type Mapping,
  type MappingSuggestion,
  type MissingAccount,
  Role,
  type Slot,
  type SlotUse,
  type SuggestMappingsResponse,
} from "@tillpost/client/financial";
import { roleTexts } from "../../../texts/configuration.js";
import { roleNames } from "../../../texts/events.js";
import type { Filters, Place } from "./words.js";

/** Where a row's account comes from: its own choice, or the step of the look-up that answers for it. */
export type Source = "own" | "key" | "location-fallback" | "fallback" | "cash" | "missing";

export interface MatrixRow {
  readonly id: string;
  readonly place: Place;
  /** Stands below the row of its key, because this location has another account. */
  readonly below: boolean;
  readonly source: Source;
  readonly mapping: Mapping | undefined;
  readonly waiting: bigint;
  /** Nothing waits for it where it is empty. */
  readonly optional: boolean;
  /** Someone should look: events wait, the account is missing, or it has a fault. */
  readonly attention: boolean;
  readonly suggestion: MappingSuggestion | undefined;
  /** The account that could be created for it, because the chart has none. */
  readonly creatable: MissingAccount | undefined;
}

export interface MatrixGroup {
  readonly role: Role;
  readonly rows: readonly MatrixRow[];
  readonly attention: number;
}

export function placeId(place: Place): string {
  return JSON.stringify([place.role, place.key, place.locationId]);
}

/** Looks accounts up as the server does, over the mappings in force today. */
export class LookUp {
  readonly #mappings = new Map<string, Mapping>();

  constructor(uses: readonly SlotUse[]) {
    for (const { mapping } of uses) {
      if (mapping?.slot !== undefined) {
        this.#mappings.set(placeId(mapping.slot), mapping);
      }
    }
  }

  /** The place's own mapping. */
  own(place: Place): Mapping | undefined {
    return this.#mappings.get(placeId(place));
  }

  /** The mapping that answers for a place. */
  find(place: Place): { source: Source; mapping: Mapping | undefined } {
    const { key, locationId } = place;
    const steps: [Source, Place][] = [
      ["own", place],
      ...(locationId === "" ? [] : [["key", { ...place, locationId: "" }] as [Source, Place]]),
      ...(key === "" || locationId === "" ? [] : [["location-fallback", { ...place, key: "" }] as [Source, Place]]),
      ["fallback", { ...place, key: "", locationId: "" }],
    ];
    for (const [source, step] of steps) {
      const mapping = this.own(step);
      if (mapping !== undefined) {
        return { source, mapping };
      }
    }
    if (place.role !== Role.CASH_DRAWER) {
      return { source: "missing", mapping: undefined };
    }
    // The cash in a drawer is where cash payments go.
    const { mapping } = this.find({ role: Role.PAYMENT, key: "Cash", locationId: place.locationId });
    return { source: mapping === undefined ? "missing" : "cash", mapping };
  }
}

/** What can be done about empty places, by the place. */
export interface Offers {
  readonly suggestions: ReadonlyMap<string, MappingSuggestion>;
  readonly creatable: ReadonlyMap<string, MissingAccount>;
}

/** Sorts by place what the server proposes. Its proposals are for any location. */
export function offersOf(found: SuggestMappingsResponse | undefined): Offers {
  const suggestions = new Map<string, MappingSuggestion>();
  for (const suggestion of found?.suggestions ?? []) {
    if (suggestion.slot !== undefined) {
      suggestions.set(placeId(suggestion.slot), suggestion);
    }
  }
  const creatable = new Map<string, MissingAccount>();
  for (const account of found?.missingAccounts ?? []) {
    for (const slot of account.slots) {
      creatable.set(placeId(slot), account);
    }
  }
  return { suggestions, creatable };
}

/** The rows of one key: its own, then those of the locations that differ. */
type Family = readonly [MatrixRow, ...MatrixRow[]];

/** Builds the matrix, with only what the filters keep. Without any, roles that nothing uses yet are left out. */
export function buildMatrix(uses: readonly SlotUse[], offers: Offers, filters: Filters): MatrixGroup[] {
  const lookUp = new LookUp(uses);
  const keys = keysByRole(uses, filters.location);
  const roles = filters.role === Role.UNSPECIFIED ? [...keys.keys()].sort((a, b) => a - b) : [filters.role];
  const groups = roles.map((role) => {
    const byKey = keys.get(role) ?? new Map<string, SlotUse[]>();
    const names = [...byKey.keys()].filter((key) => key !== "").sort((a, b) => a.localeCompare(b, "en-US"));
    const families = [...names, ""].map((key) => {
      return familyOf(role, key, byKey.get(key) ?? [], { lookUp, offers, location: filters.location });
    });
    const rows = families.flatMap((family) => kept(family, filters));
    return { role, rows, attention: rows.filter((row) => row.attention).length };
  });
  return groups.filter((group) => group.rows.length > 0);
}

/** The places of each role by their key; those that a location sees, if one is given. */
function keysByRole(uses: readonly SlotUse[], location: string): Map<Role, Map<string, SlotUse[]>> {
  const roles = new Map<Role, Map<string, SlotUse[]>>();
  for (const use of uses) {
    const { slot } = use;
    const seen = slot !== undefined && (location === "" || slot.locationId === "" || slot.locationId === location);
    if (seen) {
      const keys = roles.get(slot.role) ?? new Map<string, SlotUse[]>();
      const alike = keys.get(slot.key) ?? [];
      roles.set(slot.role, keys.set(slot.key, alike));
      alike.push(use);
    }
  }
  return roles;
}

interface Books {
  readonly lookUp: LookUp;
  readonly offers: Offers;
  readonly location: string;
}

function familyOf(role: Role, key: string, uses: readonly SlotUse[], books: Books): Family {
  const { lookUp, location } = books;
  const base: Place = { role, key, locationId: location };
  const { mapping } = lookUp.find(base);
  const alike: SlotUse[] = [];
  const differing: SlotUse[] = [];
  for (const use of uses) {
    const differs = location === "" && (use.slot?.locationId ?? "") !== "" && use.mapping?.version !== mapping?.version;
    (differs ? differing : alike).push(use);
  }
  const below = differing.map((use) => rowOf(placeOf(use.slot), [use], true, books));
  return [rowOf(base, alike, false, books), ...below];
}

function placeOf(slot: Slot | undefined): Place {
  return { role: slot?.role ?? Role.UNSPECIFIED, key: slot?.key ?? "", locationId: slot?.locationId ?? "" };
}

function rowOf(place: Place, uses: readonly SlotUse[], below: boolean, { lookUp, offers }: Books): MatrixRow {
  const { source, mapping } = lookUp.find(place);
  const optional = uses.some((use) => use.optional);
  const waiting = uses.reduce((sum, use) => sum + use.waitingEventCount, 0n);
  const empty = source === "missing" && uses.length > 0 && !optional;
  const anywhere = placeId({ ...place, locationId: "" });
  const faulty = source === "own" && (mapping?.warnings.length ?? 0) > 0;
  return {
    ...{ id: placeId(place), place, below, source, mapping, waiting, optional },
    attention: waiting > 0n || empty || faulty,
    suggestion: source === "own" ? undefined : offers.suggestions.get(anywhere),
    creatable: source === "missing" ? offers.creatable.get(anywhere) : undefined,
  };
}

/** What the filters keep of a key's rows: its own with those of the locations that they are about. */
function kept(family: Family, filters: Filters): readonly MatrixRow[] {
  const [base, ...below] = family;
  const shown = (row: MatrixRow) => matchesShow(row, filters);
  if (filters.find !== "" && !contains(roleNames[base.place.role], filters.find)) {
    const found = family.filter((row) => matchesFind(row, filters.find));
    if (found.length === 0) {
      return [];
    }
    const left = found.includes(base) ? family : [base, ...found];
    return left.some(shown) ? left : [];
  }
  const left = below.filter(shown);
  return shown(base) || left.length > 0 ? [base, ...left] : [];
}

function matchesShow(row: MatrixRow, { show }: Filters): boolean {
  switch (show) {
    case "attention":
      return row.attention;
    case "suggested":
      return row.suggestion !== undefined || row.creatable !== undefined;
    case "own":
      return row.source === "own";
    default:
      return true;
  }
}

function matchesFind(row: MatrixRow, find: string): boolean {
  const { place, mapping, suggestion } = row;
  const texts = [place.key, place.locationId, mapping?.accountName ?? "", suggestion?.accountName ?? ""];
  return texts.some((text) => contains(text, find));
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.trim().toLowerCase());
}

/** Whether a role is narrowed by keys. */
export function hasKeys(role: Role): boolean {
  return roleTexts[role].key !== "";
}
