import { Code, ConnectError } from "@connectrpc/connect";
import { screen, waitFor, within } from "@testing-library/react";
import { timestampFromDate } from "@tillpost/client";
import {
  AccountType,
  ConnectionHealth,
  EventKind,
  EventState,
  type MapEventRequest,
  type MapEventsRequest,
  Reason,
  Role,
  SlotUse_Source,
} from "@tillpost/client/financial";
import { expect, test, vi } from "vitest";
import { type Methods, manager, renderPage } from "../../../test/render.js";

const address = "settings/financial/configuration";
const then = timestampFromDate(new Date("2026-11-02T12:00:00Z"));
const coupon = { role: Role.PAYMENT, key: "Store Coupon", locationId: "pine" };
const visa = {
  slot: { role: Role.PAYMENT, key: "Visa" },
  accountId: "2",
  accountName: "Card Clearing:Visa",
  version: 1n,
};

const account = (accountId: string, fullyQualifiedName: string, type: AccountType) => ({
  ...{ accountId, fullyQualifiedName, name: fullyQualifiedName, type, active: true },
});
const chart = [
  account("1", "Undeposited Funds", AccountType.OTHER_CURRENT_ASSET),
  account("2", "Card Clearing:Visa", AccountType.OTHER_CURRENT_ASSET),
  account("3", "Accounts Receivable (A/R)", AccountType.ACCOUNTS_RECEIVABLE),
];
const suggestion = {
  slot: { role: Role.PAYMENT, key: "Store Coupon" },
  ...{ accountId: "1", accountName: "Undeposited Funds", confidence: 0.82, reason: "It is near enough." },
};
const missing = {
  ...{ name: "Coupons", fullyQualifiedName: "Clearing:Coupons", type: AccountType.OTHER_CURRENT_ASSET },
  slots: [{ role: Role.PAYMENT, key: "Store Coupon" }],
};

/** A shop whose Visa is mapped, and whose coupons wait. */
function server(financial: Methods["financial"] = {}): Methods {
  return {
    integration: { getConnection: () => ({ connection: { homeCurrencyCode: "USD" } }) },
    financial: {
      listMappings: () => ({
        slots: [
          { slot: visa.slot, source: SlotUse_Source.KEY, mapping: visa },
          { slot: coupon, source: SlotUse_Source.MISSING, waitingEventCount: 3n },
        ],
      }),
      listAccounts: () => ({ accounts: chart }),
      listLocations: () => ({ locations: [{ locationId: "pine" }] }),
      listMappingChanges: () => ({ changes: [] }),
      suggestMappings: () => ({}),
      previewMapping: () => ({ waitingEventCount: 3n, stillWaitingEventCount: 1n }),
      async *watchSyncStatus(_, { signal }) {
        yield { status: { connectionHealth: ConnectionHealth.GOOD, syncStarted: true } };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
      ...financial,
    },
  };
}

const matrix = () => screen.findByRole("table", { name: "Accounts by role and key" });

test("the matrix tells each place's account, where it comes from, and what waits", async () => {
  const { user, history } = renderPage(address, server());
  const table = await matrix();
  const row = await within(table).findByRole("row", { name: /Store Coupon/ });
  expect(within(row).getByText("No account")).toBeTruthy();
  expect(within(row).getByText("3 events wait")).toBeTruthy();
  expect(within(within(table).getByRole("row", { name: /^Visa/ })).getByText("Chosen here")).toBeTruthy();
  await user.type(screen.getByRole("searchbox", { name: "Find" }), "visa");
  await waitFor(() => expect(history.location.search).toBe("?find=visa"));
  expect(within(table).queryByRole("row", { name: /Store Coupon/ })).toBeNull();
  await user.click(within(table).getByRole("button", { name: "Change the account of Payment: Visa" }));
  expect(history.location.search).toContain("edit=payment");
  expect(await screen.findByRole("dialog", { name: "Payment: Visa" })).toBeTruthy();
});

test("lists are read to their end, and failures have a way out", async () => {
  let failures = 1;
  const { user } = renderPage(
    address,
    server({
      listMappings: ({ pageToken, missingOnly }) => {
        if (!missingOnly && failures-- > 0) {
          throw new ConnectError("no", Code.Unavailable);
        }
        const key = pageToken === "" ? "First" : "Second";
        return {
          slots: [{ slot: { role: Role.PAYMENT, key }, source: SlotUse_Source.MISSING }],
          nextPageToken: pageToken === "" ? "2" : "",
        };
      },
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("row", { name: /Second/ })).toBeTruthy();
});

test("a place is filled from its link: only fitting accounts can be chosen, and the effect is told first", async () => {
  const mapped: MapEventRequest[] = [];
  const { user } = renderPage(
    `${address}?edit=payment&key=Store+Coupon&show=attention`,
    server({
      mapEvent(request) {
        mapped.push(request);
        return { mapping: { slot: request.slot ?? {}, accountId: request.accountId }, releasedEventCount: 2n };
      },
    }),
  );
  const dialog = await screen.findByRole("dialog", { name: "Payment: Store Coupon" });
  expect(within(dialog).getByText("3 events wait.")).toBeTruthy();
  const picker = within(dialog).getByRole("combobox", { name: "Account" });
  await user.type(picker, "recei");
  const refused = await screen.findByRole("option", { name: /Accounts Receivable needs a customer on every line/ });
  expect(refused.getAttribute("aria-disabled")).toBe("true");
  await user.clear(picker);
  await user.type(picker, "undep{ArrowDown}{Enter}");
  expect(await within(dialog).findByText("2 waiting events can be posted.")).toBeTruthy();
  expect(within(dialog).getByText("1 event still waits for something else.")).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Payment: Store Coupon: saved. 2 waiting events can be posted now.")).toBeTruthy();
  expect(mapped).toMatchObject([{ accountId: "1", effectiveDate: "", slot: { key: "Store Coupon", locationId: "" } }]);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("a change can apply from a date, at one location", async () => {
  const mapEvent = vi.fn((_: MapEventRequest) => ({ mapping: visa }));
  const { user, history } = renderPage(`${address}?edit=payment&key=Visa`, server({ mapEvent }));
  const dialog = await screen.findByRole("dialog", { name: "Payment: Visa" });
  await user.selectOptions(await within(dialog).findByLabelText("Where"), "pine");
  expect(history.location.search).toContain("at=pine");
  const located = await screen.findByRole("dialog", { name: "Payment: Visa at pine" });
  const picker = within(located).getByRole("combobox", { name: "Account" }) as HTMLInputElement;
  await user.type(picker, "undep{ArrowDown}{Enter}");
  expect(picker.value).toBe("Undeposited Funds");
  await user.type(picker, "card{ArrowDown}{Enter}");
  expect(picker.value).toBe("Card Clearing:Visa");
  await user.type(picker, "undep{ArrowDown}{Enter}");
  await user.click(within(located).getByRole("radio", { name: "From a date" }));
  expect((within(located).getByRole("button", { name: "Save" }) as HTMLButtonElement).disabled).toBe(true);
  await user.type(within(located).getByLabelText(/First business date/), "2026-11-01");
  await user.click(within(located).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(mapEvent).toHaveBeenCalledOnce());
  expect(mapEvent.mock.lastCall?.[0]).toMatchObject({
    ...{ accountId: "1", effectiveDate: "2026-11-01" },
    slot: { key: "Visa", locationId: "pine" },
  });
});

test("removing an account asks first, and says what it does", async () => {
  const unmapEvent = vi.fn(() => ({ effectiveDate: "2026-11-03" }));
  const { user } = renderPage(
    `${address}?edit=payment&key=Visa`,
    server({ unmapEvent, previewMapping: () => ({ postedEventCount: 40n }) }),
  );
  await user.click(await screen.findByRole("button", { name: "Remove…" }));
  const question = await screen.findByRole("dialog", { name: "Remove the account of Payment: Visa?" });
  expect(await within(question).findByText("40 posted entries stay as they are.")).toBeTruthy();
  expect(unmapEvent).not.toHaveBeenCalled();
  await user.click(within(question).getByRole("button", { name: "Remove" }));
  expect(await screen.findByText("Payment: Visa: no account of its own from Nov 3, 2026 on.")).toBeTruthy();
});

test("suggestions are accepted one by one, or all that are wanted", async () => {
  const accepted: MapEventsRequest[] = [];
  const mapEvents = (request: MapEventsRequest) => {
    accepted.push(request);
    return { mappings: request.mappings.map(({ slot }) => ({ slot: slot ?? {} })), releasedEventCount: 3n };
  };
  const second = { ...suggestion, slot: { role: Role.PAYMENT }, confidence: 0.6 };
  const suggestMappings = () => ({ suggestions: [suggestion, second] });
  const { user } = renderPage(address, server({ mapEvents, suggestMappings }));
  await user.click(await screen.findByRole("button", { name: "Accept Undeposited Funds for Payment: Store Coupon" }));
  expect(await screen.findByText("1 account chosen. 3 waiting events can be posted now.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Accept 2 suggestions…" }));
  const dialog = await screen.findByRole("dialog", { name: "Accept 2 suggestions?" });
  expect(within(dialog).getByText("82% sure")).toBeTruthy();
  await user.click(within(dialog).getByRole("checkbox", { name: /Select Payment: Any other payment type/ }));
  await user.click(within(dialog).getByRole("button", { name: "Accept 1" }));
  await waitFor(() => expect(accepted).toHaveLength(2));
  expect(accepted[1]?.mappings).toMatchObject([{ accountId: "1", slot: { key: "Store Coupon" } }]);
});

test("suggestions that cannot be had are asked for again, and not told as none", async () => {
  let failures = 1;
  const suggestMappings = () => {
    if (failures-- > 0) {
      throw new ConnectError("no", Code.Internal);
    }
    return { suggestions: [suggestion] };
  };
  const { user } = renderPage(address, server({ suggestMappings }));
  expect(await screen.findByText("Suggestions cannot be had right now.")).toBeTruthy();
  expect(screen.queryByText("Nothing to suggest")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("button", { name: "Accept 1 suggestion…" })).toBeTruthy();
});

test("missing accounts are shown before they are created, and the creation tells how far it is", async () => {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const asked: string[][] = [];
  const parent = { name: "Clearing", fullyQualifiedName: "Clearing", type: AccountType.OTHER_CURRENT_ASSET };
  const { user } = renderPage(
    address,
    server({
      suggestMappings: () => ({ missingAccounts: [parent, missing] }),
      async *createMissingAccounts({ preview, fullyQualifiedNames }) {
        const summary = { accounts: [parent, missing], createdCount: preview ? 0 : 2 };
        if (!preview) {
          asked.push(fullyQualifiedNames);
          yield { update: { case: "progress", value: { doneCount: 1, totalCount: 2 } } };
          await finished;
        }
        yield { update: { case: "summary", value: { ...summary, mappings: preview ? [] : [visa] } } };
      },
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Create accounts…" }));
  const dialog = await screen.findByRole("dialog", { name: "Create accounts in QuickBooks?" });
  expect(await within(dialog).findByText("For Payment: Store Coupon")).toBeTruthy();
  expect(asked).toEqual([]);
  const box = within(dialog).getByRole("checkbox", { name: "Select Clearing:Coupons" });
  await user.click(box);
  expect((within(dialog).getByRole("button", { name: /^Create/ }) as HTMLButtonElement).disabled).toBe(true);
  await user.click(box);
  await user.click(within(dialog).getByRole("button", { name: "Create 2 accounts" }));
  expect(await within(dialog).findByText("1 of 2 accounts")).toBeTruthy();
  expect(within(dialog).getByRole("progressbar", { name: "Creating accounts" })).toBeTruthy();
  finish();
  expect(await screen.findByText("2 accounts created, 1 place filled.")).toBeTruthy();
  expect(asked).toEqual([["Clearing", "Clearing:Coupons"]]);
});

test("a place without any account offers to create its own", async () => {
  const { user } = renderPage(
    `${address}?edit=payment&key=Store+Coupon`,
    server({
      suggestMappings: () => ({ missingAccounts: [missing] }),
      async *createMissingAccounts() {
        yield { update: { case: "summary", value: { accounts: [missing] } } };
      },
    }),
  );
  const dialog = await screen.findByRole("dialog", { name: "Payment: Store Coupon" });
  await user.click(await within(dialog).findByRole("button", { name: "Create…" }));
  expect(await screen.findByRole("button", { name: "Create 1 account" })).toBeTruthy();
});

test("a key that no event has named yet can be added", async () => {
  const mapEvent = vi.fn((_: MapEventRequest) => ({ mapping: visa }));
  const { user } = renderPage(address, server({ mapEvent }));
  await user.click(await screen.findByRole("button", { name: "Add a payment type to Payment" }));
  const dialog = await screen.findByRole("dialog", { name: "Add a payment type to Payment" });
  await user.type(within(dialog).getByLabelText(/Payment type/), " Amex ");
  await user.type(within(dialog).getByRole("combobox", { name: "Account" }), "undep{ArrowDown}{Enter}");
  await user.click(within(dialog).getByRole("button", { name: "Save" }));
  await waitFor(() => expect(mapEvent.mock.lastCall?.[0]).toMatchObject({ slot: { key: "Amex" }, accountId: "1" }));
});

test("the history tells who changed what, and from when on", async () => {
  const change = {
    ...{
      version: 7n,
      slot: visa.slot,
      accountId: "2",
      accountName: "Card Clearing:Visa",
      changedBy: "ann@shop.example",
    },
    ...{
      previousAccountId: "1",
      previousAccountName: "Undeposited Funds",
      effectiveDate: "2026-11-01",
      changeTime: then,
    },
  };
  const { user } = renderPage(address, server({ listMappingChanges: () => ({ changes: [change] }) }));
  await user.click(await screen.findByRole("radio", { name: "History" }));
  const table = await screen.findByRole("table", { name: "Changes of the mapping" });
  expect(await within(table).findByText("From Nov 1, 2026 on")).toBeTruthy();
  expect(within(table).getByText("ann@shop.example")).toBeTruthy();
  await user.click(within(table).getByRole("button", { name: "Payment: Visa" }));
  expect(await screen.findByRole("dialog", { name: "Payment: Visa" })).toBeTruthy();
});

test("without accounts there is a way to them, and without events a word why it is empty", async () => {
  renderPage(address, server({ listAccounts: () => ({}), listMappings: () => ({}) }));
  expect(await screen.findByText("There are no accounts to choose from")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Go to the connection" }).getAttribute("href")).toContain("status");
  expect(await screen.findByText("No event has used an account yet")).toBeTruthy();
});

test("who may only read can look, and change nothing", async () => {
  const reader = { ...manager, claims: { ...manager.claims, mayManage: false } };
  renderPage(
    `${address}?edit=payment&key=Visa`,
    server({ suggestMappings: () => ({ suggestions: [suggestion] }) }),
    reader,
  );
  const dialog = await screen.findByRole("dialog", { name: "Payment: Visa" });
  expect((within(dialog).getByRole("combobox", { name: "Account" }) as HTMLInputElement).disabled).toBe(true);
  expect((within(dialog).getByRole("button", { name: "Remove…" }) as HTMLButtonElement).disabled).toBe(true);
});

test("the events' one button opens the place that they wait for", async () => {
  const counts = [{ kind: EventKind.SALE, state: EventState.ACTION_REQUIRED, reason: Reason.UNMAPPED, count: 3n }];
  const { user } = renderPage(
    "integrations/quickbooks/events",
    server({
      listEvents: () => ({ events: [] }),
      async *watchSyncStatus(_, { signal }) {
        yield { status: { connectionHealth: ConnectionHealth.GOOD, syncStarted: true, totalCount: 3n, counts } };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    }),
  );
  const link = await screen.findByRole("link", { name: "Map accounts" });
  await waitFor(() => expect(link.getAttribute("href")).toContain("edit=payment&key=Store+Coupon"));
  await user.click(link);
  expect(await screen.findByRole("dialog", { name: "Payment: Store Coupon" })).toBeTruthy();
});
