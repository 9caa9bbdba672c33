// Integrations > QuickBooks Online > Status: the posting of events from before sync was started.
import { Backfill_State } from "@tillpost/client/financial";
import { count, counted } from "../format/counts.js";
import { businessDate, businessDates } from "../format/dates.js";
import type { Tone } from "../parts/state-badge.js";

export const backfillNames: Record<Backfill_State, string> = {
  [Backfill_State.UNSPECIFIED]: "Unknown",
  [Backfill_State.RUNNING]: "Posting",
  [Backfill_State.PAUSED]: "Paused",
  [Backfill_State.DONE]: "Done",
  [Backfill_State.CANCELLED]: "Canceled",
};

export const backfillTones: Record<Backfill_State, Tone> = {
  [Backfill_State.UNSPECIFIED]: "quiet",
  [Backfill_State.RUNNING]: "busy",
  [Backfill_State.PAUSED]: "warn",
  [Backfill_State.DONE]: "good",
  [Backfill_State.CANCELLED]: "quiet",
};

export const pastTexts = {
  title: "Past events",
  lead: "Events from before sync was started stay here until you sync them.",
  leadNone: "No event from before the start of sync is left to post.",
  leadLeft: (n: bigint) =>
    `${counted(n, "event")} from before sync was started ${n === 1n ? "is" : "are"} not in QuickBooks.`,
  action: "Sync Past Events",
  range(from: string, to: string): string {
    if (from !== "" && to !== "") {
      return businessDates(from, to);
    }
    if (from !== "") {
      return `From ${businessDate(from)} on`;
    }
    return to === "" ? "All dates" : `Up to ${businessDate(to)}`;
  },
  started: (who: string, when: string) => `Started by ${who} ${when}`,
  changed: {
    [Backfill_State.UNSPECIFIED]: "",
    [Backfill_State.RUNNING]: "Resumed",
    [Backfill_State.PAUSED]: "Paused",
    [Backfill_State.DONE]: "",
    [Backfill_State.CANCELLED]: "Canceled",
  } as Record<Backfill_State, string>,
  changedBy: (what: string, who: string, when: string) => `${what} by ${who} ${when}`,
  progress: {
    label: "Past events posted",
    done: (done: bigint, total: bigint) => `${count(done)} of ${counted(total, "event")} done`,
    left: (time: string) => `about ${time} left`,
    unknown: "Working out the time left…",
    paused: "No past event is posted until you resume. Events that come in are posted as ever.",
    syncPaused: "Sync is paused, and past events with it. Resume sync to go on.",
    disconnected: "It goes on by itself when QuickBooks is connected again.",
    retrying: "QuickBooks does not answer right now. It goes on by itself.",
    afterNew: "Past events go after the events that come in. Those that wait their turn count as never synced.",
  },
  counts: {
    label: "Past events by what became of them",
    booked: "In QuickBooks",
    remaining: "Still to go",
    left: "Not posted",
    attention: "Waiting for you",
    skipped: "Nothing to post, or skipped",
  },
  finished: {
    all: (n: bigint, when: string) => `${counted(n, "past event")} finished ${when}.`,
    attention: (n: bigint, total: bigint, when: string) =>
      `Finished ${when}. ${count(n)} of ${counted(total, "event")} ${n === 1n ? "waits" : "wait"} for you; as soon as the cause is mended, ${n === 1n ? "it is" : "they are"} posted.`,
    lookAll: "Look at all errors",
    lookDates: "Look at the errors of these dates",
    cancelled: (left: bigint, when: string) =>
      left === 0n
        ? `Canceled ${when}. Nothing was left to post.`
        : `Canceled ${when}. ${counted(left, "event")} ${left === 1n ? "was" : "were"} not posted; you can choose ${left === 1n ? "it" : "them"} again.`,
  },
  pause: "Pause",
  resume: "Resume",
  cancel: {
    action: "Cancel…",
    title: "Cancel the rest?",
    keeps: (booked: bigint) =>
      booked === 0n
        ? "Nothing of it is in QuickBooks yet."
        : `${counted(booked, "event")} ${booked === 1n ? "is" : "are"} in QuickBooks and ${booked === 1n ? "stays" : "stay"} there.`,
    drops: (left: bigint) =>
      `${counted(left, "event")} ${left === 1n ? "is" : "are"} not posted and ${left === 1n ? "goes" : "go"} back to never synced. You can choose ${left === 1n ? "it" : "them"} again later. What is on its way this moment still arrives.`,
    confirm: "Cancel the rest",
    keep: "Keep it",
    done: "The rest is canceled. What was posted stays in QuickBooks.",
  },
  earlier: {
    title: "Earlier",
    label: "Earlier posting of past events",
    dates: "Dates",
    started: "Started",
    by: (who: string) => `by ${who}`,
    state: "State",
    booked: "In QuickBooks",
    of: (n: bigint, total: bigint) => `${count(n)} of ${count(total)}`,
    empty: "Nothing earlier",
  },
  dialog: {
    action: "Sync Past Events",
    title: "Sync past events",
    lead: "These events were recorded before sync was started. Agree with your accountant from which date on they belong in QuickBooks.",
    from: "From",
    to: "To",
    counting: "Counting…",
    none: "No past events lie between these dates.",
    columns: { kind: "Kind", events: "Events", total: "Total", dates: "Dates" },
    label: "Past events by kind",
    total: "All",
    confirm: (n: bigint) => `Sync ${counted(n, "event")}`,
    done: (n: bigint) => `${counted(n, "past event")} on the way to QuickBooks.`,
    stockTitle: "Opening stock",
    stock: (n: bigint, amount: string, balance: string) =>
      `${counted(n, "event")} of these ${n === 1n ? "is" : "are"} opening stock, ${amount} in all. Your inventory accounts in QuickBooks hold ${balance}. If that already contains the opening stock, posting it would count it twice.`,
    stockSkip: "Skip opening stock: QuickBooks holds it already",
    stockPost: "Post opening stock: QuickBooks does not hold it yet",
  },
} as const;
