import { create } from "@bufbuild/protobuf";
import { AccountSchema, AccountType, Role } from "@tillpost/client/financial";
import { expect, test } from "vitest";
import accounting from "../../../../../../docs/accounting.md?raw";
import { accountTypeNames } from "../../../texts/account-types.js";
import { roleTexts } from "../../../texts/configuration.js";
import { choices } from "./account-picker.js";
import { fittingTypes, judge, warnedTypes } from "./fit.js";

/** The table that the server's own tests hold to the server: role, key, types that fit. */
const section = accounting.split("<!-- roles -->")[1]?.split("<!-- end -->")[0] ?? "";
const table = [...section.matchAll(/^\| ([A-Z_]+) \| (.*?) \| (.*?) \|$/gm)];

test("the picker offers what the server takes, and nothing else", () => {
  expect(table).toHaveLength(Object.keys(roleTexts).length - 1);
  for (const [, name = "", key, types = ""] of table) {
    const role = Role[name as keyof typeof Role];
    const named = (list: readonly AccountType[], more = "") => list.map((type) => accountTypeNames[type] + more);
    const ours = [...named(fittingTypes(role)), ...named(warnedTypes(role), " (with a warning)")];
    expect(ours.sort(), name).toEqual(types.split(", ").sort());
    expect(roleTexts[role].key || "–", name).toBe(key);
  }
});

const account = (fullyQualifiedName: string, type: AccountType, more: { active?: boolean; number?: string } = {}) =>
  create(AccountSchema, { accountId: fullyQualifiedName, fullyQualifiedName, type, active: true, ...more });

test("an account that does not fit says why", () => {
  const why = (type: AccountType, more = {}) => judge(account("X", type, more), Role.PAYMENT).why;
  expect(why(AccountType.BANK)).toBe("");
  expect(why(AccountType.BANK, { active: false })).toBe("Inactive in QuickBooks");
  expect(why(AccountType.ACCOUNTS_RECEIVABLE)).toContain("needs a customer on every line");
  expect(why(AccountType.ACCOUNTS_PAYABLE)).toContain("needs a vendor on every line");
  expect(why(AccountType.OTHER)).toContain("does not know");
  expect(why(AccountType.EXPENSE)).toContain("spent at once");
  expect(why(AccountType.EQUITY)).toBe("Of the type Equity, which does not fit");
});

test("accounts are found by number, name and type; those that do not fit only when they are asked for", () => {
  const chart = [
    account("Checking", AccountType.BANK, { number: "1000" }),
    account("Card Clearing:Visa", AccountType.OTHER_CURRENT_ASSET),
    account("Visa fees", AccountType.OTHER_EXPENSE),
  ];
  const found = (typed: string) => {
    const { fitting, refused } = choices(chart, Role.PAYMENT, typed);
    return [fitting, refused].map((list) => list.map((judged) => judged.account.accountId));
  };
  expect(found("")).toEqual([["Checking", "Card Clearing:Visa"], []]);
  expect(found("visa")).toEqual([["Card Clearing:Visa"], ["Visa fees"]]);
  expect(found("100")).toEqual([["Checking"], []]);
  expect(found("bank check")).toEqual([["Checking"], []]);
});
