// What people read when something did not work: a sentence, and a way out.
import type { ErrorReason } from "@tillpost/client";

/** Ways out that a notice can offer as a button or a link. */
export type WayOut = "retry" | "reload" | "connect" | "sign-in" | "accounts" | "start-sync" | "first-page" | "none";

interface ErrorText {
  readonly title: string;
  /** Empty: the server's own sentence is the best there is. */
  readonly sentence: string;
  readonly wayOut: WayOut;
}

const text = (title: string, sentence: string, wayOut: WayOut): ErrorText => ({ title, sentence, wayOut });

const signIn = text(
  "Please sign in again",
  "Your session has ended. Go back to your retail platform and open the console from there.",
  "sign-in",
);
const connect = text(
  "QuickBooks is not connected",
  "Connect to QuickBooks first. Your mappings and your events are kept.",
  "connect",
);
const invalid = text("That is not quite right", "", "none");
const gone = text("It is not there any more", "", "retry");
const account = text("Choose another account", "", "accounts");

export const errorTexts: Partial<Record<ErrorReason, ErrorText>> = {
  TOKEN_MISSING: signIn,
  TOKEN_INVALID: signIn,
  TOKEN_EXPIRED: signIn,
  KEYS_UNAVAILABLE: text(
    "Signing in does not work right now",
    "It will come back by itself. Try again in a minute.",
    "retry",
  ),
  SCOPE_MISSING: text(
    "You are not allowed to do this",
    "Your role can look at this page and not change it. Ask whoever manages your retail platform for more rights.",
    "none",
  ),
  RETAILER_NOT_ALLOWED: text(
    "This retailer is not yours to see",
    "Choose another retailer at the top of the page, or ask whoever manages your retail platform for access.",
    "none",
  ),
  INVALID_REQUEST: invalid,
  REQUEST_TOO_LARGE: text("That was too much at once", "Choose fewer events and try again.", "none"),
  PAGE_TOKEN_INVALID: text("This page of the list is out of date", "Go back to the first page.", "first-page"),
  ACCOUNT_NOT_FOUND: gone,
  ACCOUNT_IN_USE: text("The account is in use", "", "none"),
  ACCOUNT_DELETED: account,
  ACCOUNT_INACTIVE: account,
  ACCOUNT_TYPE_REFUSED: account,
  ACCOUNT_NOT_CREATED: text("QuickBooks did not create the account", "", "none"),
  LOCATION_NOT_FOUND: gone,
  CLASS_NOT_FOUND: gone,
  SYNC_NOT_STARTED: text(
    "Sync has not been started",
    "Start sync first; past events can be synced afterwards.",
    "start-sync",
  ),
  OPENING_STOCK_UNDECIDED: text(
    "One decision is missing",
    "Decide what happens to opening stock, then try again.",
    "none",
  ),
  BACKFILL_NOT_FOUND: gone,
  BACKFILL_UNFINISHED: text(
    "Past events are being posted already",
    "One posting of past events goes on at a time. Wait until it is done, or cancel it, then choose other dates.",
    "none",
  ),
  BACKFILL_ENDED: text(
    "It has ended already",
    "Nothing is left of it to pause or to cancel. What is never synced can be chosen again.",
    "none",
  ),
  EVENT_NOT_FOUND: text("There is no such event", "The link may be incomplete, or of another retailer.", "none"),
  RETURN_URL_NOT_ALLOWED: text(
    "The popup may not come back to this page",
    "This is a mistake in the set-up: ask your administrator to allow this address with --return-urls.",
    "none",
  ),
  ALREADY_CONNECTED: text(
    "QuickBooks is connected already",
    "To connect another company, disconnect this one first.",
    "reload",
  ),
  NOT_CONNECTED: connect,
  REAUTHORIZATION_REQUIRED: text(
    "QuickBooks wants to be asked again",
    "The authorization has ended. Connect again; waiting events are then posted by themselves.",
    "connect",
  ),
  OTHER_COMPANY: text("That is another QuickBooks company", "", "connect"),
  ENTRIES_UNSETTLED: text(
    "The former company is needed once more",
    "For some events it is not known whether they were booked there. Connect the former company again; that settles it within minutes.",
    "connect",
  ),
  AUTHORIZATION_UNKNOWN: text(
    "The authorization took too long",
    "It is good for 15 minutes and one use. Start again.",
    "connect",
  ),
  AUTHORIZATION_REFUSED: text(
    "QuickBooks was not authorized",
    "Nothing was changed. You can connect at any time.",
    "connect",
  ),
  QUICKBOOKS_UNAVAILABLE: text(
    "QuickBooks does not answer right now",
    "Nothing is lost. Try again in a minute.",
    "retry",
  ),
  SCHEMA_MISMATCH: text("Tillpost is being updated", "Try again in a minute.", "retry"),
  SERVER_STOPPING: text("Tillpost is restarting", "Try again in a moment.", "retry"),
  DEADLINE_EXCEEDED: text("That took too long", "Nothing is lost. Try again.", "retry"),
};

export const otherErrors = {
  unreachable: text(
    "Tillpost cannot be reached",
    "Check your internet connection. This page goes on by itself when it is back.",
    "retry",
  ),
  busy: text("Too many requests at once", "Wait a moment and try again.", "retry"),
  unknown: text(
    "Something went wrong",
    "It was not your mistake. Try again; if it stays, tell your administrator.",
    "retry",
  ),
} as const;

export const wayOutLabels: Record<Exclude<WayOut, "none">, string> = {
  retry: "Try again",
  reload: "Load the page again",
  connect: "Go to the connection",
  "sign-in": "Try to sign in again",
  accounts: "Look at the accounts",
  "start-sync": "Go to Start Sync",
  "first-page": "Back to the first page",
};

export const reference = (id: string) => `For support: ${id}`;
