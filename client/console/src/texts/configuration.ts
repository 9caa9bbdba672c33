// Settings > Financial > Configuration.
import { Role } from "@tillpost/client/financial";
import { count, counted } from "../format/counts.js";
import { roleNames } from "./events.js";

interface RoleText {
  /** What the role's key is called; empty for a role without keys. */
  readonly key: string;
  /** What the role is for. */
  readonly hint: string;
}

const itemClass = "item class";
const paymentType = "payment type";

export const roleTexts: Record<Role, RoleText> = {
  [Role.UNSPECIFIED]: { key: "", hint: "" },
  [Role.PAYMENT]: { key: paymentType, hint: "Where a payment waits until it is in the bank" },
  [Role.DEPOSIT]: { key: paymentType, hint: "What customers have paid in advance" },
  [Role.REVENUE]: { key: itemClass, hint: "Income from merchandise and services" },
  [Role.DISCOUNT]: { key: itemClass, hint: "Optional: without it, revenue is net of discounts" },
  [Role.COST_OF_GOODS_SOLD]: { key: itemClass, hint: "What the goods that were sold had cost" },
  [Role.INVENTORY]: { key: itemClass, hint: "Stock on hand at cost" },
  [Role.INVENTORY_IN_TRANSIT]: { key: "", hint: "Stock on its way between two stores" },
  [Role.PURCHASES_RECEIVED]: { key: itemClass, hint: "Goods received, before the vendor's bill" },
  [Role.PURCHASES_RETURNED]: { key: itemClass, hint: "Goods sent back, before the vendor's credit" },
  [Role.INVENTORY_ADJUSTMENT]: { key: "adjustment reason", hint: "The other side of stock found, lost or damaged" },
  [Role.GIFT_CARD_LIABILITY]: { key: "", hint: "What is owed to the holders of gift cards" },
  [Role.GIFT_CARD_ADJUSTMENT]: {
    key: "adjustment reason",
    hint: "The other side of gift cards imported, given away or expired",
  },
  [Role.CASH_PAID_IN_OUT]: { key: "reason", hint: "What cash was taken from a drawer for, or where it came from" },
  [Role.CASH_DRAWER]: { key: "", hint: "Cash in the drawers; without an account of its own, that of payments in cash" },
  [Role.SALES_TAX]: { key: "tax authority", hint: "Tax collected for an authority" },
  [Role.SHIPPING]: { key: "shipping method", hint: "What customers pay for delivery" },
  [Role.FEE]: { key: "fee", hint: "Surcharges, bag fees, kept deposits; landed costs of a delivery" },
  [Role.TIPS]: { key: "", hint: "Tips that belong to the staff" },
  [Role.ROUNDING]: { key: "", hint: "Cash rounding, and small differences that you allow" },
  [Role.TILL_OVER_SHORT]: { key: "", hint: "Drawers that hold more or less than they should" },
  [Role.BANK_DEPOSIT]: { key: "bank account", hint: "The bank account that payouts and cash drops reach" },
  [Role.MERCHANT_FEE]: { key: paymentType, hint: "What card processors keep" },
};

/** "a", "an": of the words that keys are called. */
const article = (word: string) => (/^[aeiou]/.test(word) ? "an" : "a");

/** The place without its role: "Visa", "Any other payment type", "All". */
export function keyName(role: Role, key: string): string {
  const { key: called } = roleTexts[role];
  if (key !== "") {
    return key;
  }
  return called === "" ? "All" : `Any other ${called}`;
}

/** The place in one line: "Payment: Visa at harbor-street". */
export function placeName(place: { role: Role; key: string; locationId: string }): string {
  const { role, key, locationId } = place;
  const called = key === "" && roleTexts[role].key === "" ? "" : `: ${keyName(role, key)}`;
  return `${roleNames[role]}${called}${locationId === "" ? "" : ` at ${locationId}`}`;
}

function list(names: readonly string[], conjunction: string): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} ${conjunction} ${last}`;
}

const percent = new Intl.NumberFormat("en-US", { style: "percent" });

export const configurationTexts = {
  or: (names: readonly string[]) => list(names, "or"),
  columnType: "Type",
  view: { label: "View", mapping: "Mapping", history: "History" },
  noAccounts: {
    title: "There are no accounts to choose from",
    text: "Connect to QuickBooks and import your chart of accounts first.",
    action: "Go to the connection",
  },
  filters: {
    label: "Filters",
    find: "Find",
    findHint: "Key, account or location",
    role: "Role",
    allRoles: "All in use",
    location: "Location",
    allLocations: "All locations",
    show: "Show",
    shows: {
      "": "Everything",
      attention: "What needs an account",
      suggested: "What has a suggestion",
      own: "What is chosen here",
    },
    clear: "Clear filters",
  },
  matrix: {
    label: "Accounts by role and key",
    columns: { key: "Role and key", account: "Account", source: "Comes from", action: "Action" },
    places: (n: number) => counted(n, "row"),
    attention: (n: number) => (n === 1 ? "1 needs you" : `${count(n)} need you`),
    at: (location: string) => `at ${location}`,
    add: (role: Role) => `Add ${article(roleTexts[role].key)} ${roleTexts[role].key}`,
    addLabel: (role: Role) => `Add ${article(roleTexts[role].key)} ${roleTexts[role].key} to ${roleNames[role]}`,
    change: "Change",
    choose: "Choose",
    open: (place: string, filled: boolean) => `${filled ? "Change" : "Choose"} the account of ${place}`,
    missing: "No account",
    waiting: (n: bigint) => `${counted(n, "event")} ${n === 1n ? "waits" : "wait"}`,
    unused: "None chosen",
    optional: "None, booked net",
    thisLocation: "This location",
    since: (date: string) => `since ${date}`,
    more: (n: number) => `Show ${count(n)} more`,
    sources: {
      own: "Chosen here",
      key: "All locations",
      "location-fallback": "Fallback of the location",
      fallback: "Fallback",
      cash: "Payment: Cash",
      missing: "",
    },
    empty: "No event has used an account yet",
    emptyText:
      "Places appear here as soon as your retail platform records events. You can also choose ahead: pick a role.",
    fixed: "Nothing needs an account",
    fixedText: "Every event finds its accounts.",
    events: "Look at the events",
    emptyFiltered: "Nothing matches these filters",
  },
  suggestions: {
    title: "Suggestions",
    loading: "Looking for suggestions…",
    nothing: "Nothing to suggest",
    failed: "Suggestions cannot be had right now.",
    /** "2 places match your chart, 1 account is not in QuickBooks". */
    summary: (found: number, missing: number) =>
      [
        found > 0 && `${counted(found, "place")} ${found === 1 ? "matches" : "match"} your chart`,
        missing > 0 && `${counted(missing, "account")} ${missing === 1 ? "is" : "are"} not in QuickBooks`,
      ]
        .filter((part) => part !== false)
        .join(", "),
    acceptAll: (n: number) => `Accept ${counted(n, "suggestion")}…`,
    create: "Create accounts…",
    suggested: "Suggested:",
    confidence: (share: number) => `${percent.format(share)} sure`,
    accept: "Accept",
    acceptLabel: (account: string, place: string) => `Accept ${account} for ${place}`,
    dialogTitle: (n: number) => (n === 1 ? "Accept 1 suggestion?" : `Accept ${counted(n, "suggestion")}?`),
    dialogText:
      "Events that wait for these places are posted to QuickBooks at once if sync is on. You can change each account later.",
    all: "All",
    table: "Suggested accounts",
    confirm: (n: number) => `Accept ${count(n)}`,
    done: (n: number, released: bigint) =>
      `${counted(n, "account")} chosen.${released > 0n ? ` ${counted(released, "waiting event")} can be posted now.` : ""}`,
  },
  create: {
    title: "Create accounts in QuickBooks?",
    text: "These accounts are added to your QuickBooks company, and your events are mapped to them. QuickBooks cannot delete accounts, only make them inactive.",
    table: "Accounts to create",
    one: "Create…",
    label: (account: string) => `Create the account ${account}`,
    lacking: "Not in QuickBooks yet:",
    nothing: "Nothing is missing any more.",
    serves: (places: readonly string[]) => `For ${places.join("; ")}`,
    more: (n: number) => ` and ${count(n)} more`,
    parent: "Holds the accounts below it",
    confirm: (n: number) => `Create ${counted(n, "account")}`,
    running: "Creating accounts",
    progress: (done: number, total: number) => `${count(done)} of ${counted(total, "account")}`,
    waiting: "Asking QuickBooks…",
    keepOpen: "Closing this window does not undo what is created already.",
    done: (created: number, mapped: number, released: bigint) =>
      `${counted(created, "account")} created, ${counted(mapped, "place")} filled.${released > 0n ? ` ${counted(released, "waiting event")} can be posted now.` : ""}`,
  },
  picker: {
    label: "Account",
    placeholder: "Search by name or number",
    fits: (types: string) => `Fits: ${types}.`,
    none: "No account matches",
    noFit: "No account that fits matches. Those below do not fit:",
    refusedGroup: "Do not fit",
    more: (n: number) => `${counted(n, "more account")}: type to narrow the list`,
    clear: "Clear the account",
    refusals: {
      deleted: "Deleted here; importing the accounts brings it back",
      inactive: "Inactive in QuickBooks",
      receivable: "Accounts Receivable needs a customer on every line",
      payable: "Accounts Payable needs a vendor on every line",
      unknown: "A type that Tillpost does not know",
      warned: "Counts as spent at once, and leaves no balance to settle",
      type: (type: string) => `Of the type ${type}, which does not fit`,
    },
  },
  editor: {
    close: "Close",
    now: "Now",
    keyHint: "Exactly as your events name it",
    keyTaken: "This one is in the list already; its account is changed.",
    where: "Where",
    everywhere: "All locations",
    whereHint: "One location can have an account of its own.",
    answers: {
      own: "chosen here",
      key: "chosen for all locations",
      "location-fallback": "the location's fallback",
      fallback: "the fallback",
      cash: "as for payments in cash",
      missing: "",
    },
    none: "No account",
    from: "Applies",
    usual: "As usual",
    usualFrom: (date: string) => (date === "" ? "As usual: to all dates" : `As usual: from ${date} on`),
    usualHint: "To all dates while nothing is posted, later from today or from the oldest event that waits",
    dated: "From a date",
    date: "First business date",
    save: "Save",
    remove: "Remove…",
    saved: (place: string, released: bigint) =>
      `${place}: saved.${released > 0n ? ` ${counted(released, "waiting event")} can be posted now.` : ""}`,
    removeTitle: (place: string) => `Remove the account of ${place}?`,
    removeText: "Later events take the next account that answers, or wait. Entries in QuickBooks stay as they are.",
    removeConfirm: "Remove",
    removed: (place: string, date: string) =>
      `${place}: no account of its own${date === "" ? "" : ` from ${date} on`}.`,
    use: "Use it",
  },
  effect: {
    title: "What it does",
    released: (n: bigint) => `${counted(n, "waiting event")} can be posted.`,
    stillWaiting: (n: bigint) => `${counted(n, "event")} still ${n === 1n ? "waits" : "wait"} for something else.`,
    pending: (n: bigint) => `${counted(n, "event")} not posted yet ${n === 1n ? "gets" : "get"} another account.`,
    posted: (n: bigint) =>
      `${counted(n, "posted entry", "posted entries")} ${n === 1n ? "stays as it is" : "stay as they are"}.`,
    nothing: "No event so far is touched; later ones are.",
    truncated: "There are more than 20,000 events; only these were looked at.",
    shifts: "Amounts by account",
    signs: "Debits are positive, credits negative.",
    columns: { account: "Account", unposted: "To be posted", posted: "Posted, not moved" },
  },
  history: {
    label: "Changes of the mapping",
    title: "History",
    columns: { when: "When", place: "Place", change: "Change", by: "By" },
    nothing: "no account",
    applied: (date: string) => (date === "" ? "To all dates" : `From ${date} on`),
    empty: "Nothing was chosen yet",
    emptyText: "Every choice, change and removal is listed here, with who made it.",
    none: "No change yet.",
  },
} as const;
