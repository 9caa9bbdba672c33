// Help: the guide for retailers and accountants, and what stands around the API reference.
import { EventState, Reason } from "@tillpost/client/financial";
import { reasonTexts } from "./events.js";

/** What each state means for the people who wait for it. */
export const stateMeanings: Record<EventState, string> = {
  [EventState.UNSPECIFIED]: "",
  [EventState.NEVER_SYNCED]:
    "It was recorded before sync was started. It is kept, and posted only when you sync past events.",
  [EventState.PENDING]: "It will be posted by itself: its turn is about to come, or sync is paused.",
  [EventState.PROCESSING]: "It was sent to QuickBooks, and its outcome is being made sure of.",
  [EventState.SYNCED]: "QuickBooks holds the entry, and its lines were compared with what was meant.",
  [EventState.ACTION_REQUIRED]: "It waits for a person. Its cause, and what to do about it, stand with it.",
  [EventState.NOTHING_TO_POST]: "Every amount is zero, or they cancel each other out, so there is nothing to book.",
  [EventState.SKIPPED]: "A person decided that it is not posted. It can be put back at any time.",
};

interface Topic {
  readonly title: string;
  readonly paragraphs: readonly string[];
}

const closedBooks: Topic = {
  title: "Closed books",
  paragraphs: [
    `QuickBooks has a closing date. Tillpost reads it and posts nothing on or before it by itself: such an event waits as an error, “${reasonTexts[Reason.PERIOD_CLOSED].title}”.`,
    "You have three ways: move the closing date in QuickBooks and retry; post the events on the first open day, with their own date in the memo; or skip them. Your retail platform can have all of them posted on the first open day without asking.",
  ],
};

const changes: Topic = {
  title: "Later changes and history",
  paragraphs: [
    "When a ticket is changed or voided after it was posted, the entry in the books is put right: by an entry for the difference, or by a change of the entry itself, as your platform has chosen. A void is always a reversing entry.",
    "Changing a mapping never touches what is posted. The Configuration page keeps who changed which mapping and when, and every event keeps its history: who did what, and every attempt to post it.",
  ],
};

const pastEvents: Topic = {
  title: "Past events",
  paragraphs: [
    "Events recorded before you first started sync are kept and not posted. Sync Past Events on the Status page first counts them, and then posts those of the dates that you choose, after the events that come in.",
    "It goes on by itself and can be paused, resumed or canceled. If your company already carries inventory, you are asked whether opening stock is in that balance, so that it is not booked twice.",
  ],
};

export const helpTexts = {
  guide: {
    flow: {
      title: "What happens to an event",
      lead: "A sale, a return, a delivery, a payout: whatever your retail platform completes becomes at most one journal entry.",
      steps: {
        recorded: { title: "Recorded", text: "Your platform sends the event. From then on it cannot get lost." },
        built: { title: "Built", text: "Your mappings say which account each amount goes to. Debits equal credits." },
        sent: { title: "Sent", text: "QuickBooks gets the entry, and never a second one for the same event." },
        compared: { title: "Compared", text: "What QuickBooks stored is compared with what was meant, line by line." },
      },
      aside: "Where something is missing, the event waits with its cause, and goes on once that is mended.",
    },
    states: {
      title: "What each state means",
      lead: "Every event is in exactly one of these. Choose one to see its events.",
      show: (state: string) => `Show events: ${state}`,
    },
    reasons: {
      title: "What to do about an error",
      lead: "Nothing is lost while an event waits. Mend the cause, and all events that wait for it go on.",
      show: "Show",
      showAll: (title: string) => `Show events: ${title}`,
    },
    topics: [pastEvents, closedBooks, changes],
    disconnect: {
      title: "Disconnecting",
      where: "You find it at the bottom of the Status page.",
    },
  },
  api: {
    lead: "For the developers of your retail platform: every call, field, bound and error.",
    contents: "Contents",
    find: "Find",
    findHint: "RPC or type",
    none: "Nothing has this in its name.",
    found: (n: number) => (n === 1 ? "1 heading" : `${n} headings`),
    open: "Show the contents",
  },
} as const;
