import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { screen, waitFor, within } from "@testing-library/react";
import { timestampFromDate } from "@tillpost/client";
import { AccountSchema, AccountType, ConnectionHealth, Role, SlotUseSchema } from "@tillpost/client/financial";
import { Connection_State } from "@tillpost/client/integration";
import { describe, expect, test, vi } from "vitest";
import { type Methods, manager, renderPage } from "../../../test/render.js";
import { spaced } from "./account-drawer.js";
import { hasFilters, matches, noFilters, readFilters, typeOf, typeWords } from "./filters.js";
import { treeRows } from "./tree.js";
import { usesOf } from "./use-chart.js";

const address = "settings/financial/accounts";
const then = timestampFromDate(new Date("2026-11-02T12:00:00Z"));

const account = (accountId: string, path: string, more: MessageInitShape<typeof AccountSchema> = {}) =>
  create(AccountSchema, {
    ...{ accountId, fullyQualifiedName: path, name: path.split(":").at(-1) ?? "" },
    ...{ type: AccountType.INCOME, active: true, currencyCode: "USD" },
    ...more,
  } as MessageInitShape<typeof AccountSchema>);

const chart = [
  account("1", "Checking", { type: AccountType.BANK, number: "1000", mappingCount: 2 }),
  account("2", "Sales"),
  account("3", "Sales 2"),
  account("4", "Sales:Shirts", { parentAccountId: "2" }),
  account("5", "Sales:Shirts:Linen", { parentAccountId: "4", active: false }),
  account("6", "Old income", { deleteTime: then }),
];

const visa = { role: Role.PAYMENT, key: "Visa" };
const uses = [
  { slot: visa, mapping: { slot: visa, accountId: "1", version: 7n, effectiveDate: "2026-11-01" } },
  {
    slot: { role: Role.PAYMENT, key: "Cash" },
    mapping: { slot: { role: Role.PAYMENT }, accountId: "1", version: 8n },
    waitingEventCount: 3n,
  },
];

function server(financial: Methods["financial"] = {}, more: Methods["integration"] = {}): Methods {
  return {
    integration: {
      getConnection: () => ({
        connection: {
          state: Connection_State.CONNECTED,
          companyName: "Harbor & Pine",
          accountsImportTime: then,
          accountCount: 5,
        },
      }),
      ...more,
    },
    financial: {
      listAccounts: () => ({ accounts: chart }),
      listMappings: () => ({ slots: uses }),
      async *watchSyncStatus(_, { signal }) {
        yield { status: { connectionHealth: ConnectionHealth.GOOD, syncStarted: true } };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
      ...financial,
    },
  };
}

const shown = async () => {
  const table = await screen.findByRole("table", { name: "Accounts" });
  await within(table).findAllByRole("button", { name: /^Open account/ });
  return within(table)
    .getAllByRole("button", { name: /^Open account/ })
    .map((button) => button.textContent);
};

describe("the tree", () => {
  const lines = (wanted = "", closed: string[] = []) =>
    treeRows(chart, ({ fullyQualifiedName }) => fullyQualifiedName.includes(wanted), new Set(closed)).map(
      ({ account: { name }, depth, wanted }) => `${depth} ${name}${wanted ? "" : " (around)"}`,
    );

  test("stands in QuickBooks' order, sub-accounts below their parents", () => {
    expect(lines()).toEqual(["0 Checking", "0 Old income", "0 Sales", "1 Shirts", "2 Linen", "0 Sales 2"]);
    expect(lines("", ["4"])).toEqual(["0 Checking", "0 Old income", "0 Sales", "1 Shirts", "0 Sales 2"]);
  });

  test("keeps the parents of what was looked for", () => {
    expect(lines("Linen")).toEqual(["0 Sales (around)", "1 Shirts (around)", "2 Linen"]);
  });

  test("holds parents that are not there, or that go round in a circle", () => {
    const circle = [account("a", "A", { parentAccountId: "b" }), account("b", "B", { parentAccountId: "a" })];
    expect(treeRows(circle, () => true, new Set())).toEqual([]);
    expect(treeRows([account("c", "C", { parentAccountId: "gone" })], () => true, new Set())).toHaveLength(1);
  });
});

describe("filters in the address", () => {
  test("every word is read back, and what makes no sense is left out", () => {
    expect(typeWords).toHaveLength(16);
    for (const type of typeWords) {
      expect(readFilters({ type }).type).toBe(typeOf(type));
      expect(typeOf(type)).toBeGreaterThan(0);
    }
    expect(readFilters({ type: "unspecified", state: "toString" })).toEqual({ search: "", type: 0, state: "" });
    expect(hasFilters(readFilters(noFilters))).toBe(false);
  });

  test.each([
    [{}, ["1", "2", "3", "4", "5"]],
    [{ find: "LINEN" }, ["5"]],
    [{ find: "1000" }, ["1"]],
    [{ type: "bank" }, ["1"]],
    [{ state: "inactive" }, ["5"]],
    [{ state: "deleted" }, ["6"]],
  ])("%j", (search, ids) => {
    const filters = readFilters(search);
    expect(chart.filter((one) => matches(one, filters)).map(({ accountId }) => accountId)).toEqual(ids);
  });
});

test("a mapping that answers for many places is one, with all that waits", () => {
  const slots = [...uses, uses[1] as (typeof uses)[1]].map((use) => create(SlotUseSchema, use));
  expect(usesOf("1", slots).map(({ waiting }) => waiting)).toEqual([0n, 6n]);
  expect(usesOf("2", slots)).toEqual([]);
  expect(spaced("SalesOfProductIncome")).toBe("Sales of product income");
});

test("sub-accounts open and close, and a search finds them with their parents", async () => {
  const { user, history } = renderPage(address, server());
  expect(await screen.findByText(/^5 accounts of Harbor & Pine, imported/)).toBeTruthy();
  expect(await shown()).toEqual(["Checking", "Sales", "Shirts", "Linen", "Sales 2"]);
  const toggle = screen.getByRole("button", { name: "Hide the sub-accounts of Sales" });
  expect(toggle.getAttribute("aria-expanded")).toBe("true");
  toggle.focus();
  await user.keyboard("{Enter}");
  expect(await shown()).toEqual(["Checking", "Sales", "Sales 2"]);
  await user.type(screen.getByRole("searchbox", { name: "Search" }), "linen");
  await waitFor(() => expect(history.location.search).toBe("?find=linen"));
  expect(await shown()).toEqual(["Sales", "Shirts", "Linen"]);
  expect(screen.getByText("1 account found")).toBeTruthy();
  await user.selectOptions(screen.getByRole("combobox", { name: "Type" }), "Bank");
  expect(await screen.findByText("No account matches these filters")).toBeTruthy();
  await user.click(screen.getAllByRole("button", { name: "Clear filters" })[0] as HTMLElement);
  await waitFor(() => expect(history.location.search).toBe(""));
});

test("the chart is read to its last page", async () => {
  const listAccounts = ({ pageToken }: { pageToken: string }) =>
    pageToken === ""
      ? { accounts: chart.slice(0, 2), nextPageToken: "more" }
      : { accounts: chart.slice(2), nextPageToken: "" };
  renderPage(address, server({ listAccounts }));
  expect(await shown()).toHaveLength(5);
});

test("an account tells what uses it", async () => {
  renderPage(`${address}?account=1`, server());
  const drawer = await screen.findByRole("dialog", { name: "Checking" });
  expect(await within(drawer).findByText("Payment: Visa")).toBeTruthy();
  expect(within(drawer).getByText("from Nov 1, 2026 on")).toBeTruthy();
  expect(within(drawer).getByText("Payment: any other")).toBeTruthy();
  expect(within(drawer).getByText("3 events wait for it")).toBeTruthy();
});

test("deleting an account that mappings use names them, and is forced only when that was agreed to", async () => {
  const deleteAccount = vi.fn((_: { force: boolean; accountId: string }) => ({
    affectedMappings: uses.map(({ mapping }) => mapping),
  }));
  const { user } = renderPage(address, server({ deleteAccount }));
  await user.click(await screen.findByRole("button", { name: "Delete account Checking" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete Checking?" });
  expect(await within(dialog).findByText("Payment: Visa")).toBeTruthy();
  expect(within(dialog).getByText("3 events wait for these mappings already.")).toBeTruthy();
  const confirm = within(dialog).getByRole("button", { name: "Delete" }) as HTMLButtonElement;
  expect(confirm.disabled).toBe(true);
  await user.click(within(dialog).getByRole("checkbox", { name: "Delete it although 2 mappings use it" }));
  await user.click(confirm);
  expect(await screen.findByText(/2 mappings still point at it/)).toBeTruthy();
  expect(deleteAccount.mock.calls[0]?.[0]).toMatchObject({ accountId: "1", force: true });
});

test("one that nothing uses is deleted without force, and a refusal is told", async () => {
  const asked: boolean[] = [];
  const { user } = renderPage(
    address,
    server({
      deleteAccount({ force }) {
        asked.push(force);
        throw new ConnectError("the account 2 is mapped to: payment Visa", Code.FailedPrecondition);
      },
    }),
  );
  await user.click(await screen.findByRole("button", { name: "Delete account Sales" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete Sales?" });
  expect(within(dialog).getByText(/Importing the accounts again brings it back/)).toBeTruthy();
  expect(within(dialog).getByText(/Its sub-account stays, below it/)).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Delete" }));
  expect(await within(dialog).findByRole("alert")).toBeTruthy();
  expect(asked).toEqual([false]);
});

test("importing here brings deleted accounts back", async () => {
  const { user } = renderPage(
    address,
    server(
      {},
      {
        async *importAccounts() {
          yield { update: { case: "summary", value: { totalCount: 6, restoredCount: 1 } } };
        },
      },
    ),
  );
  const button = (await screen.findByRole("button", { name: "Import Accounts" })) as HTMLButtonElement;
  await waitFor(() => expect(button.disabled).toBe(false));
  await user.click(button);
  expect(await screen.findByText("6 accounts imported")).toBeTruthy();
  expect(screen.getByText("1 restored.")).toBeTruthy();
});

test("without accounts the page says what to do, and a failure has a way out", async () => {
  const integration = { getConnection: () => ({ connection: { state: Connection_State.NOT_CONNECTED } }) };
  const { unmount } = renderPage(address, server({ listAccounts: () => ({}) }, integration));
  expect(await screen.findByText("Connect to QuickBooks first; then import your chart of accounts.")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Go to the connection" })).toBeTruthy();
  unmount();
  const listAccounts = () => {
    throw new ConnectError("no answer", Code.Unavailable);
  };
  renderPage(address, server({ listAccounts }));
  expect(await screen.findByText("Tillpost cannot be reached")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
});

test("who may only read gets no button that deletes", async () => {
  const reader = { ...manager, claims: { ...manager.claims, mayManage: false } };
  renderPage(address, server(), reader);
  expect(await shown()).toHaveLength(5);
  expect(screen.queryByRole("button", { name: /^Delete account/ })).toBeNull();
});
