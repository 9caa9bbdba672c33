// Texts of the parts that every page uses.
import { count } from "../format/counts.js";

export const partTexts = {
  table: {
    first: "First page",
    previous: "Previous page",
    next: "Next page",
    page: (page: number) => `Page ${count(page)}`,
    rows: (from: number, to: number) => `Rows ${count(from)}–${count(to)}`,
    loading: "Loading…",
    selectAll: "Select all rows of this page",
    select: (row: string) => `Select ${row}`,
  },
  confirm: { cancel: "Cancel", close: "Close" },
  dismiss: "Dismiss",
  account: { unknown: (id: string) => `Account ${id}`, deleted: "deleted", inactive: "inactive" },
} as const;
