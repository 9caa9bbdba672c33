// Settings > Financial > Accounts.
import { AccountType, Role, type Slot } from "@tillpost/client/financial";
import { count, counted } from "../format/counts.js";
import { slotName } from "./events.js";

export const accountTypeNames: Record<AccountType, string> = {
  [AccountType.UNSPECIFIED]: "",
  [AccountType.BANK]: "Bank",
  [AccountType.ACCOUNTS_RECEIVABLE]: "Accounts receivable",
  [AccountType.OTHER_CURRENT_ASSET]: "Other current assets",
  [AccountType.FIXED_ASSET]: "Fixed assets",
  [AccountType.OTHER_ASSET]: "Other assets",
  [AccountType.ACCOUNTS_PAYABLE]: "Accounts payable",
  [AccountType.CREDIT_CARD]: "Credit card",
  [AccountType.OTHER_CURRENT_LIABILITY]: "Other current liabilities",
  [AccountType.LONG_TERM_LIABILITY]: "Long-term liabilities",
  [AccountType.EQUITY]: "Equity",
  [AccountType.INCOME]: "Income",
  [AccountType.OTHER_INCOME]: "Other income",
  [AccountType.COST_OF_GOODS_SOLD]: "Cost of goods sold",
  [AccountType.EXPENSE]: "Expenses",
  [AccountType.OTHER_EXPENSE]: "Other expenses",
  [AccountType.OTHER]: "Another type",
};

export const accountStates = { active: "Active", inactive: "Inactive", deleted: "Deleted here" } as const;

/** Roles that no key narrows; everywhere else an empty key answers for the keys that have no account of their own. */
const keyless: readonly Role[] = [
  Role.INVENTORY_IN_TRANSIT,
  Role.GIFT_CARD_LIABILITY,
  Role.CASH_DRAWER,
  Role.TIPS,
  Role.ROUNDING,
  Role.TILL_OVER_SHORT,
];

/** A mapping by its place: "Payment: Visa", and "Payment: any other" for the one that answers for the rest. */
export function mappingName(slot: Slot): string {
  return slotName(slot.key === "" && !keyless.includes(slot.role) ? { ...slot, key: "any other" } : slot);
}

const mappings = (n: number) => counted(n, "mapping");

export const accountsTexts = {
  title: "Chart of accounts",
  lead: "The accounts that QuickBooks has, as last imported. Nothing on this page changes anything in QuickBooks.",
  imported: (n: number, company: string, when: string) =>
    `${counted(n, "account")}${company === "" ? "" : ` of ${company}`}, imported ${when}. Nothing on this page changes anything in QuickBooks.`,
  filters: {
    label: "Filters",
    search: "Search",
    searchHint: "Name or number",
    type: "Type",
    allTypes: "All types",
    state: "State",
    allStates: "Not deleted",
    clear: "Clear filters",
    found: (n: number) => `${counted(n, "account")} found`,
  },
  table: {
    label: "Accounts",
    name: "Account",
    number: "Number",
    type: "Type",
    used: "Used by",
    state: "State",
    action: "Actions",
    open: (name: string) => `Open account ${name}`,
    delete: "Delete…",
    deleteOf: (name: string) => `Delete account ${name}`,
    expand: (name: string) => `Show the sub-accounts of ${name}`,
    collapse: (name: string) => `Hide the sub-accounts of ${name}`,
    below: (parent: string) => `sub-account of ${parent}`,
    mappings,
    unused: "–",
    unusedText: "No mapping",
    emptyFiltered: "No account matches these filters",
    empty: "No accounts yet",
    emptyText: "Import your chart of accounts. Tillpost reads it from QuickBooks and changes nothing there.",
    emptyUnconnected: "Connect to QuickBooks first; then import your chart of accounts.",
    connect: "Go to the connection",
    noneDeleted: "No account is deleted here",
  },
  drawer: {
    title: "Account",
    close: "Close",
    missing: "There is no such account",
    missingText: "It may be of another retailer, or the accounts have to be imported.",
    facts: {
      type: "Type",
      subType: "Detail type",
      number: "Number",
      currency: "Currency",
      parent: "Sub-account of",
      id: "QuickBooks id",
      imported: "Last read from QuickBooks",
      deleted: "Deleted here",
    },
    mappings: "Used by these mappings",
    none: "No mapping uses this account.",
    waiting: (n: bigint) => `${counted(n, "event")} ${n === 1n ? "waits" : "wait"} for it`,
    since: (date: string) => `from ${date} on`,
    map: "Map accounts",
    deletedText: "This account was deleted here. The next import brings it back. In QuickBooks nothing was changed.",
    inactiveText: "QuickBooks calls this account inactive: nothing can be posted to it until it is made active there.",
  },
  delete: {
    title: (name: string) => `Delete ${name}?`,
    hides: "The account disappears from the lists here. In QuickBooks nothing changes.",
    subAccounts: (n: number) =>
      n === 1 ? "Its sub-account stays, below it." : `Its ${count(n)} sub-accounts stay, below it.`,
    back: "Importing the accounts again brings it back.",
    used: (n: number) =>
      n === 1
        ? "One mapping uses it. Events that need it cannot be posted, and wait:"
        : `${count(n)} mappings use it. Events that need them cannot be posted, and wait:`,
    waiting: (n: bigint) => `${counted(n, "event")} ${n === 1n ? "waits" : "wait"} for these mappings already.`,
    instead: "To be safe, map these to another account first.",
    more: (n: number) => `and ${count(n)} more`,
    force: (n: number) =>
      n === 1 ? "Delete it although a mapping uses it" : `Delete it although ${mappings(n)} use it`,
    confirm: "Delete",
    keep: "Keep the account",
    done: (name: string) => `${name} is deleted here. Importing the accounts brings it back.`,
    doneUsed: (name: string, n: number) =>
      `${name} is deleted here. ${counted(n, "mapping")} still ${n === 1 ? "points" : "point"} at it; events that need ${n === 1 ? "it" : "them"} wait until you import the accounts or map another one.`,
  },
} as const;
