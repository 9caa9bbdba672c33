// Locations and item classes are the same to this page: names of the retailer's, each with one value of QuickBooks' or none.
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { useMutation } from "@connectrpc/connect-query";
import { useQueryClient } from "@tanstack/react-query";
import { FinancialService, type ListLocationsResponse } from "@tillpost/client/financial";
import { refresh } from "../../../api/queries.js";
import { useRetailer } from "../../../shell/retailer.js";
import type { Search } from "../../../shell/search.js";

const { listLocations, mapItemClass, mapLocation } = FinancialService.method;

/** A location or class of QuickBooks. */
export interface Target {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
}

/** A location or item class as the events name it. */
export interface Named {
  readonly name: string;
  readonly target: Target | undefined;
  readonly updatedBy: string;
  readonly updateTime: Timestamp | undefined;
}

export interface List {
  readonly rows: readonly Named[];
  readonly targets: readonly Target[];
  /** Whether the company tracks it; otherwise no entry carries it. */
  readonly tracked: boolean;
}

export function locationsOf(answer: ListLocationsResponse): List {
  const target = (value: { quickbooksLocationId: string; name: string; active: boolean }): Target => ({
    id: value.quickbooksLocationId,
    name: value.name,
    active: value.active,
  });
  return {
    rows: answer.locations.map(({ locationId, quickbooksLocation, updatedBy, updateTime }) => ({
      ...{ name: locationId, target: quickbooksLocation && target(quickbooksLocation), updatedBy, updateTime },
    })),
    targets: answer.quickbooksLocations.map(target),
    tracked: answer.locationTrackingEnabled,
  };
}

export function classesOf(answer: ListLocationsResponse): List {
  const target = (value: { quickbooksClassId: string; name: string; active: boolean }): Target => ({
    id: value.quickbooksClassId,
    name: value.name,
    active: value.active,
  });
  return {
    rows: answer.itemClasses.map(({ itemClass, quickbooksClass, updatedBy, updateTime }) => ({
      ...{ name: itemClass, target: quickbooksClass && target(quickbooksClass), updatedBy, updateTime },
    })),
    targets: answer.quickbooksClasses.map(target),
    tracked: answer.classTrackingEnabled,
  };
}

/** Gives a name its value of QuickBooks'; an empty id takes it away. */
export interface Change {
  readonly name: string;
  readonly id: string;
}

/** What a mutation of either list offers to this page. */
export interface Mapping {
  readonly isPending: boolean;
  readonly error: unknown;
  map(change: Change): Promise<unknown>;
  reset(): void;
}

export function useMapLocation(): Mapping {
  const retailerId = useRetailer();
  const { mutateAsync, isPending, error, reset } = useMutation(mapLocation, useRefreshed());
  const map = ({ name, id }: Change) => mutateAsync({ retailerId, locationId: name, quickbooksLocationId: id });
  return { isPending, error, reset, map };
}

export function useMapItemClass(): Mapping {
  const retailerId = useRetailer();
  const { mutateAsync, isPending, error, reset } = useMutation(mapItemClass, useRefreshed());
  const map = ({ name, id }: Change) => mutateAsync({ retailerId, itemClass: name, quickbooksClassId: id });
  return { isPending, error, reset, map };
}

/** Stays pending until the list is read again, so that the old value is not seen for a moment. */
function useRefreshed() {
  const queries = useQueryClient();
  return { onSettled: () => refresh(queries, listLocations) };
}

/** Filters of both lists, as they stand in the address. */
export interface Filters {
  readonly find: string;
  readonly show: "" | "mapped" | "unmapped";
}

export const noFilters: Search = { find: "", show: "" };

export function readFilters(search: Search): Filters {
  const show = search.show === "mapped" || search.show === "unmapped" ? search.show : "";
  return { find: (search.find ?? "").slice(0, 100), show };
}

export function hasFilters({ find, show }: Filters): boolean {
  return find.trim() !== "" || show !== "";
}

/** Says whether a line is one of those that the filters ask for; what it is mapped to can be looked for too. */
export function matches({ name, target }: Named, { find, show }: Filters): boolean {
  const text = find.trim().toLowerCase();
  return (
    (show === "" || (show === "mapped") === (target !== undefined)) &&
    (name.toLowerCase().includes(text) || (target?.name.toLowerCase().includes(text) ?? false))
  );
}

export interface Match {
  readonly name: string;
  readonly target: Target;
}

/** Finds what is not mapped and has one active value of the same name: "harbor-street" is "Harbor Street". */
export function matchesByName({ rows, targets }: List): Match[] {
  const byName = new Map<string, Target | undefined>();
  for (const target of targets.filter(({ active }) => active)) {
    // The last part of "East:Harbor Street" counts as its name; two of the same name are nobody's match.
    const key = plain(target.name.slice(target.name.lastIndexOf(":") + 1));
    byName.set(key, byName.has(key) ? undefined : target);
  }
  return rows.flatMap(({ name, target: mapped }) => {
    const target = byName.get(plain(name));
    return mapped === undefined && target !== undefined && plain(name) !== "" ? [{ name, target }] : [];
  });
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}
