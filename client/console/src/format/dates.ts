// Dates and times. A business date is a day of the store's calendar and has no time zone; moments are shown in the
// browser's.
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import { timestampDate } from "@tillpost/client";
import { counted } from "./counts.js";

const day = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" });
const dayOfYear = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", timeZone: "UTC" });
const moment = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "medium" });
const momentDay = new Intl.DateTimeFormat("en-US", { dateStyle: "medium" });
const relative = new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });

/** Tells a business date, YYYY-MM-DD: "Nov 2, 2026". What is no date is told as it is. */
export function businessDate(date: string): string {
  const parsed = /^\d{4}-\d{2}-\d{2}$/.test(date) ? new Date(`${date}T00:00:00Z`) : undefined;
  return parsed === undefined || Number.isNaN(parsed.getTime()) ? date : day.format(parsed);
}

/** Tells a business date where the year goes without saying: "Nov 2". */
export function shortDate(date: string): string {
  return dayOfYear.format(new Date(`${date}T00:00:00Z`));
}

/** Tells a range of business dates, or the one day that it is. */
export function businessDates(first: string, last: string): string {
  return first === last ? businessDate(first) : `${businessDate(first)} – ${businessDate(last)}`;
}

/** Tells a moment to the minute: "Nov 2, 2026, 3:15 PM". */
export function time(at: Timestamp | undefined): string {
  return at === undefined ? "" : moment.format(timestampDate(at));
}

/** Tells a moment to the second. */
export function exactTime(at: Timestamp | undefined): string {
  return at === undefined ? "" : exact.format(timestampDate(at));
}

/** Tells the day of a moment. */
export function dayOf(at: Timestamp | undefined): string {
  return at === undefined ? "" : momentDay.format(timestampDate(at));
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** Tells how long ago a moment is, or how far ahead: "5 minutes ago", "in 3 days". */
export function fromNow(at: Timestamp | undefined, now: Date = new Date()): string {
  if (at === undefined) {
    return "";
  }
  const seconds = Math.round((timestampDate(at).getTime() - now.getTime()) / 1_000);
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) {
      return relative.format(Math.trunc(seconds / length), unit);
    }
  }
  return seconds > 0 ? "in a moment" : "just now";
}

/** Tells how long something takes, never less than it is: "12 minutes", "3 hours", "4 days". */
export function lasting(duration: Duration): string {
  const seconds = Number(duration.seconds) + duration.nanos / 1e9;
  // Up to two of a unit, the smaller one says more: "90 minutes", not "2 hours".
  const [unit, length] = steps.find(([, length]) => seconds > 2 * length) ?? ["minute", 60];
  return counted(Math.max(1, Math.ceil(seconds / length)), unit);
}
