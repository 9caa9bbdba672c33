// The days and the location of the overview, as they stand in the address.
import type { Search } from "../../shell/search.js";

/** How many days one overview may have; the API says so too. */
const maxDays = 92;
const usualDays = 14;

export interface Range {
  readonly from: string;
  readonly to: string;
  readonly location: string;
  readonly days: number;
  /** Why nothing can be asked for. */
  readonly wrong?: "backwards" | "too-long";
}

export const noRange: Search = { from: "", to: "", location: "" };

/** Reads the range. What makes no sense is left out; without days it is the last two weeks, up to today. */
export function readRange(search: Search, today = new Date()): Range {
  const to = dateOf(search.to) ?? localDay(today);
  const from = dateOf(search.from) ?? plusDays(to, 1 - usualDays);
  const location = search.location !== undefined && /^[!-~]{1,64}$/.test(search.location) ? search.location : "";
  const days = 1 + daysBetween(from, to);
  const wrong = days < 1 ? "backwards" : days > maxDays ? "too-long" : undefined;
  return { from, to, location, days, ...(wrong && { wrong }) };
}

/** Every day of a range, the first first. */
export function daysOf({ from, days }: Range): string[] {
  return Array.from({ length: Math.max(days, 0) }, (_, n) => plusDays(from, n));
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** The browser's own day: business dates are the stores'. */
export function localDay(at: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function plusDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A day that exists, in the years that events can have. */
function dateOf(text: string | undefined): string | undefined {
  if (text === undefined || !/^2\d{3}-\d{2}-\d{2}$/.test(text)) {
    return undefined;
  }
  const at = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text ? undefined : text;
}
