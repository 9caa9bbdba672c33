// Integrations > QuickBooks Online > Financial Events, and the names of what events are made of.
import { EventKind, EventState, Reason, Role } from "@tillpost/client/financial";
import { count, counted } from "../format/counts.js";
import type { Tone } from "../parts/state-badge.js";

export const kindNames: Record<EventKind, string> = {
  [EventKind.UNSPECIFIED]: "Event",
  [EventKind.SALE]: "Sale",
  [EventKind.CUSTOMER_DEPOSIT]: "Customer deposit",
  [EventKind.PURCHASE_RECEIPT]: "Purchase receipt",
  [EventKind.PURCHASE_RETURN]: "Purchase return",
  [EventKind.TRANSFER]: "Transfer",
  [EventKind.INVENTORY_ADJUSTMENT]: "Inventory adjustment",
  [EventKind.GIFT_CARD_ADJUSTMENT]: "Gift card adjustment",
  [EventKind.CASH_PAID_IN_OUT]: "Cash paid in or out",
  [EventKind.TILL_COUNT]: "Till count",
  [EventKind.PAYOUT]: "Payout",
};

export const stateNames: Record<EventState, string> = {
  [EventState.UNSPECIFIED]: "Recorded",
  [EventState.NEVER_SYNCED]: "Never synced",
  [EventState.PENDING]: "Waiting",
  [EventState.PROCESSING]: "On the way",
  [EventState.SYNCED]: "Synced",
  [EventState.ACTION_REQUIRED]: "Error",
  [EventState.NOTHING_TO_POST]: "Nothing to post",
  [EventState.SKIPPED]: "Skipped",
};

export const stateTones: Record<EventState, Tone> = {
  [EventState.UNSPECIFIED]: "quiet",
  [EventState.NEVER_SYNCED]: "quiet",
  [EventState.PENDING]: "busy",
  [EventState.PROCESSING]: "busy",
  [EventState.SYNCED]: "good",
  [EventState.ACTION_REQUIRED]: "bad",
  [EventState.NOTHING_TO_POST]: "quiet",
  [EventState.SKIPPED]: "quiet",
};

interface ReasonText {
  readonly title: string;
  readonly hint: string;
}

export const reasonTexts: Record<Reason, ReasonText> = {
  [Reason.UNSPECIFIED]: { title: "Another cause", hint: "Open an event to see why it waits." },
  [Reason.UNMAPPED]: {
    title: "No account is mapped",
    hint: "Give the places that have no account theirs; the events then go by themselves.",
  },
  [Reason.ACCOUNT_DELETED]: {
    title: "A mapped account was deleted",
    hint: "Importing the accounts again brings it back, or map another one.",
  },
  [Reason.ACCOUNT_INACTIVE]: {
    title: "A mapped account is inactive",
    hint: "Make it active in QuickBooks and import again, or map another one.",
  },
  [Reason.ACCOUNT_TYPE_REFUSED]: { title: "An account has the wrong type", hint: "Map an account whose type suits." },
  [Reason.OUT_OF_BALANCE]: {
    title: "Payments differ from what was sold",
    hint: "Correct the ticket in your retail platform, or allow small differences.",
  },
  [Reason.CURRENCY_MISMATCH]: {
    title: "Another currency than the company's",
    hint: "Turn on multicurrency in QuickBooks and import the accounts again, or skip these events.",
  },
  [Reason.PERIOD_CLOSED]: {
    title: "The books are closed at that date",
    hint: "Open the books in QuickBooks and retry, or post on the first open day.",
  },
  [Reason.NUMBER_TAKEN]: {
    title: "The number is taken in QuickBooks",
    hint: "Another entry has this number. Look at it in QuickBooks, then retry or skip.",
  },
  [Reason.REJECTED_BY_QUICKBOOKS]: {
    title: "QuickBooks refused the entry",
    hint: "Open an event to see what QuickBooks said.",
  },
  [Reason.SUBSCRIPTION_LAPSED]: {
    title: "The QuickBooks subscription has lapsed",
    hint: "Renew it at Intuit, then retry.",
  },
  [Reason.STORED_DIFFERENTLY]: {
    title: "QuickBooks stored something else",
    hint: "Compare the entry in QuickBooks, correct it there, then retry.",
  },
  [Reason.KIND_NOT_SUPPORTED]: { title: "This kind is not posted yet", hint: "The events wait, and nothing is lost." },
  [Reason.OUTCOME_LOST]: {
    title: "Perhaps booked in the former company",
    hint: "Look there for each event first. Skip it if it is booked; retry posts it to the present company.",
  },
  [Reason.FORMER_COMPANY]: {
    title: "Booked in the former company",
    hint: "Correct the entry in that company by hand, then skip the event.",
  },
};

export const roleNames: Record<Role, string> = {
  [Role.UNSPECIFIED]: "",
  [Role.PAYMENT]: "Payment",
  [Role.DEPOSIT]: "Customer deposit",
  [Role.REVENUE]: "Revenue",
  [Role.DISCOUNT]: "Discount",
  [Role.COST_OF_GOODS_SOLD]: "Cost of goods sold",
  [Role.INVENTORY]: "Inventory",
  [Role.INVENTORY_IN_TRANSIT]: "Inventory in transit",
  [Role.PURCHASES_RECEIVED]: "Purchases received",
  [Role.PURCHASES_RETURNED]: "Purchases returned",
  [Role.INVENTORY_ADJUSTMENT]: "Inventory adjustment",
  [Role.GIFT_CARD_LIABILITY]: "Gift card liability",
  [Role.GIFT_CARD_ADJUSTMENT]: "Gift card adjustment",
  [Role.CASH_PAID_IN_OUT]: "Cash paid in or out",
  [Role.CASH_DRAWER]: "Cash drawer",
  [Role.SALES_TAX]: "Sales tax",
  [Role.SHIPPING]: "Shipping",
  [Role.FEE]: "Fee",
  [Role.TIPS]: "Tips",
  [Role.ROUNDING]: "Rounding",
  [Role.TILL_OVER_SHORT]: "Till over or short",
  [Role.BANK_DEPOSIT]: "Bank deposit",
  [Role.MERCHANT_FEE]: "Merchant fee",
};

export const eventsTexts = {
  counts: {
    label: "Events by state",
    synced: "Synced",
    waiting: "Not synced",
    errors: "Errors",
    other: "Set aside",
    syncedHint: "In QuickBooks, compared",
    waitingHint: (past: bigint) => (past === 0n ? "Waiting or on the way" : `${count(past)} from before sync`),
    errorsHint: (causes: number) => (causes === 0 ? "Nothing needs you" : counted(causes, "cause")),
    otherHint: "Skipped, or nothing to post",
    show: (name: string) => `Show ${name.toLowerCase()}`,
  },
  causes: {
    title: "What needs you",
    events: (n: bigint) => counted(n, "event"),
    places: (names: string[], more: number) => names.join(", ") + (more > 0 ? ` and ${count(more)} more` : ""),
    show: "Show",
    showAll: (title: string) => `Show events: ${title}`,
    retry: "Retry all",
    skip: "Skip all…",
    skipAll: (title: string) => `Skip all events: ${title}`,
    map: "Map accounts",
    import: "Import accounts",
    rounding: "Allow small differences",
    roundingTitle: "Allow small differences?",
    roundingText:
      "A sale whose payments differ from what was sold by no more than this is posted; the difference is booked as rounding, and listed with its cause. It holds for later sales too.",
    roundingLimit: "Up to, in cents",
    roundingHint: "From 0, which allows none, to 100.",
    roundingDone: "Saved. The events that waited are judged again.",
    openDay: "Post on first open day",
    openDayTitle: "Post on the first open day?",
    openDayText: (several: boolean) =>
      several
        ? "These events get the first date after the closing date of your books. Their own date stands in the entry's memo."
        : "This event gets the first date after the closing date of your books. Its own date stands in the entry's memo.",
    retried: (n: bigint) => `${counted(n, "event")} will be tried again.`,
  },
  filters: {
    label: "Filters",
    state: "State",
    reason: "Cause",
    kind: "Kind",
    location: "Location",
    from: "From",
    to: "To",
    search: "Number or event id",
    searchHint: "How it begins",
    all: "All",
    clear: "Clear filters",
    notSynced: "Not synced",
  },
  table: {
    label: "Financial events",
    number: "Number",
    date: "Date",
    kind: "Kind",
    location: "Location",
    amount: "Amount",
    state: "State",
    open: (number: string) => `Open event ${number}`,
    name: (number: string) => `event ${number}`,
    empty: "No events yet",
    emptyText: "They appear here as soon as your retail platform records them.",
    emptyFiltered: "No event matches these filters",
    found: (n: number, more: boolean) =>
      more ? `The first ${counted(n, "event")} found` : `${counted(n, "event")} found`,
  },
  selection: {
    chosen: (n: number) => `${counted(n, "event")} selected`,
    skip: "Skip…",
    unskip: "Put back",
    clear: "Clear selection",
  },
  retry: {
    retry: "Retry",
    doubtTitle: (n: number) =>
      n === 1 ? "Post an event that may be booked already?" : `Post ${counted(n, "event")} that may be booked already?`,
    doubtText: (n: number) =>
      `${n === 1 ? "It was sent to the former company, and its answer was" : `${count(n)} of these events were sent to the former company, and the answers were`} never learned. Look there first: what is booked there and posted here is in both books. Retrying says that you have looked.`,
    doubtConfirm: "I have looked; post",
  },
  skip: {
    title: (n: number) => (n === 1 ? "Skip this event?" : `Skip ${counted(n, "event")}?`),
    text: "A skipped event is not posted to QuickBooks. It stays in the list, and can be put back at any time.",
    reason: "Reason",
    reasonHint: "It is kept in the event's history.",
    confirm: "Skip",
    allTitle: (n: bigint) =>
      n === 1n ? "Skip the event with this cause?" : `Skip all ${counted(n, "event")} with this cause?`,
    allText: (title: string) =>
      `“${title}”: the events that wait for this now are not posted to QuickBooks. They stay in the list of skipped events, and can be put back at any time. Events that come later with the same cause are not skipped.`,
    all: (n: bigint) => `Skip ${counted(n, "event")}`,
    undo: "Put back",
    done: (n: bigint) => `${counted(n, "event")} skipped.`,
    undone: (n: bigint) => `${counted(n, "event")} put back.`,
    undoNote: "Put back in the console",
  },
  drawer: {
    title: (number: string) => `Event ${number}`,
    close: "Close",
    loading: "Loading the event…",
    unknown: "Event",
    back: "Back to the list",
    facts: {
      amount: "Amount",
      date: "Business date",
      location: "Location",
      recorded: "Recorded",
      id: "Event id",
      revision: "Revision",
    },
    memo: "Memo",
    source: "Open in the retail platform",
    quickbooks: "Open in QuickBooks",
    skip: "Skip…",
    unskip: "Put back",
    missing: "No account yet:",
    entry: "Journal entry",
    sent: "Journal entry as last sent",
    preview: "Journal entry as it would post",
    noPreview: "It can be made as soon as the cause above is solved.",
    nothing: "Nothing to book: every amount nets to zero.",
    columns: { account: "Account, with role and key", debit: "Debit", credit: "Credit" },
    total: "Total",
    posted: "In QuickBooks",
    postedAs: (number: string, date: string) => `${number}, ${date}`,
    adjusts: "adjusting entry",
    compared: (when: string) => `compared ${when}`,
    attempts: "Attempts",
    noAttempts: "None yet.",
    history: "History",
    by: (actor: string) => (actor === "tillpost" ? "by Tillpost" : `by ${actor}`),
    next: (when: string) => `Tried again ${when}.`,
    tid: (id: string) => `Intuit's id: ${id}`,
  },
  outcomes: ["", "Booked", "Refused", "No clear answer", "Put off", "Not booked"] as readonly string[],
} as const;

/** A slot by its role and key: "Payment: Visa at harbor-street". */
export function slotName(slot: { role: Role; key: string; locationId: string }): string {
  const key = slot.key === "" ? "" : `: ${slot.key}`;
  const location = slot.locationId === "" ? "" : ` at ${slot.locationId}`;
  return `${roleNames[slot.role] ?? ""}${key}${location}`;
}
