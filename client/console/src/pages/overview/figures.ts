// What the API tells of days and locations, in the terms of the page.
import { create } from "@bufbuild/protobuf";
import {
  type ComparedDay,
  type ComparedFigures,
  ComparedFiguresSchema,
  EventState,
  type OverviewFigures,
} from "@tillpost/client/financial";

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
  readonly asideAmount: bigint;
}

/**
 * Adds up the states. What was skipped or has nothing to post is said by events, and neither posted nor open: what events say is
 * what is posted, open and set aside, together.
 */
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
    asideAmount: 0n,
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
        sums.asideAmount += amount;
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

/** A day with what its locations add up to. */
export interface DayRows {
  readonly total: Row;
  /** By location. A day with one location needs no total: it is that row, and this is empty. */
  readonly locations: readonly Row[];
}

/** Puts the rows, which are in order, under their days, each currency by itself. `days` are the API's sums of them. */
export function byDay(rows: readonly Row[], days: readonly OverviewFigures[]): DayRows[] {
  const groups = new Map<string, [Row, ...Row[]]>();
  for (const row of rows) {
    const key = `${row.day} ${row.currency}`;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [row]);
    } else {
      group.push(row);
    }
  }
  return [...groups].map(([key, locations]) => {
    const [{ day, currency }] = locations;
    if (locations.length === 1) {
      return { total: locations[0], locations: [] };
    }
    const figures = days.find((one) => one.businessDate === day && one.currencyCode === currency);
    return { total: { key, day, location: "", currency, figures, compared: sum(locations) }, locations };
  });
}

/** What the comparisons of rows add up to; undefined where none of them is compared. */
function sum(rows: readonly Row[]): Compared | undefined {
  const compared = rows.flatMap((row) => row.compared ?? []);
  if (compared.length === 0) {
    return undefined;
  }
  const figures = create(ComparedFiguresSchema);
  let findings = 0;
  for (const one of compared) {
    findings += one.findings;
    figures.tillpostEntryCount += one.figures?.tillpostEntryCount ?? 0n;
    figures.tillpostAmount += one.figures?.tillpostAmount ?? 0n;
    figures.quickbooksEntryCount += one.figures?.quickbooksEntryCount ?? 0n;
    figures.quickbooksAmount += one.figures?.quickbooksAmount ?? 0n;
    figures.agreeingEntryCount += one.figures?.agreeingEntryCount ?? 0n;
    figures.underwayEntryCount += one.figures?.underwayEntryCount ?? 0n;
  }
  return { figures, findings };
}

/** Agrees only where every single entry does: equal totals may hide two mistakes. */
export function agrees({ figures }: Compared): boolean {
  const entries = figures?.tillpostEntryCount ?? 0n;
  return (
    (figures?.agreeingEntryCount ?? 0n) === entries &&
    (figures?.quickbooksEntryCount ?? 0n) === entries &&
    (figures?.quickbooksAmount ?? 0n) === (figures?.tillpostAmount ?? 0n)
  );
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
