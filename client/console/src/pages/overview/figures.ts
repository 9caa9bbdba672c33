// What the API tells of days and locations, in the terms of the page.
import { type ComparedDay, type ComparedFigures, EventState, type OverviewFigures } from "@tillpost/client/financial";

/** Counts and amounts of events by what a retailer asks for. */
export interface Sums {
  readonly says: bigint;
  readonly events: bigint;
  readonly postedAmount: bigint;
  readonly synced: bigint;
  readonly openAmount: bigint;
  readonly waiting: bigint;
  readonly errors: bigint;
  readonly aside: bigint;
}

/** Adds up the states. What was skipped or has nothing to post is said by events, and neither posted nor open. */
export function sumsOf(figures: OverviewFigures | undefined): Sums {
  const sums = {
    says: 0n,
    events: 0n,
    postedAmount: 0n,
    synced: 0n,
    openAmount: 0n,
    waiting: 0n,
    errors: 0n,
    aside: 0n,
  };
  for (const { state, eventCount, amount } of figures?.states ?? []) {
    sums.says += amount;
    sums.events += eventCount;
    switch (state) {
      case EventState.SYNCED:
        sums.synced += eventCount;
        sums.postedAmount += amount;
        break;
      case EventState.SKIPPED:
      case EventState.NOTHING_TO_POST:
        sums.aside += eventCount;
        break;
      case EventState.ACTION_REQUIRED:
        sums.errors += eventCount;
        sums.openAmount += amount;
        break;
      default:
        sums.waiting += eventCount;
        sums.openAmount += amount;
    }
  }
  return sums;
}

/** A row of the table: both sides of a day, location and currency. */
export interface Row {
  readonly key: string;
  readonly day: string;
  readonly location: string;
  readonly currency: string;
  readonly figures: OverviewFigures | undefined;
  /** Undefined until the day is compared. */
  readonly compared: Compared | undefined;
}

export interface Compared {
  readonly figures: ComparedFigures | undefined;
  /** Differences of the day at the location that are named. */
  readonly findings: number;
}

/** Joins what was recorded with what was compared, newest day first. A row may stand on one side only. */
export function joinRows(
  rows: readonly OverviewFigures[],
  compared: ReadonlyMap<string, ComparedDay>,
  location: string,
): Row[] {
  const joined = new Map<string, Row>();
  const add = (day: string, at: string, currency: string, figures: OverviewFigures | undefined) => {
    const key = [day, at, currency].join(" ");
    if (!joined.has(key)) {
      joined.set(key, {
        key,
        day,
        location: at,
        currency,
        figures,
        compared: comparedAt(compared.get(day), at, currency),
      });
    }
  };
  for (const row of rows) {
    add(row.businessDate, row.locationId, row.currencyCode, row);
  }
  for (const [day, { figures }] of compared) {
    for (const side of figures) {
      if (location === "" || side.locationId === location) {
        add(day, side.locationId, side.currencyCode, undefined);
      }
    }
  }
  const order = (row: Row) => `${row.location} ${row.currency}`;
  return [...joined.values()].sort((a, b) => (a.day === b.day ? compare(order(a), order(b)) : compare(b.day, a.day)));
}

function comparedAt(day: ComparedDay | undefined, location: string, currency: string): Compared | undefined {
  if (day === undefined) {
    return undefined;
  }
  const here = (side: { locationId: string; currencyCode: string }) =>
    side.locationId === location && side.currencyCode === currency;
  return { figures: day.figures.find(here), findings: day.findings.filter(here).length };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
