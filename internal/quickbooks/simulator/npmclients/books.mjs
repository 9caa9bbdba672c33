// What tests of the books share: entries as an app writes them, and accounts found by name.
import { call } from "./node-quickbooks.mjs";

/**
 * One side of an entry.
 * @param {"Debit" | "Credit"} postingType
 * @param {string} account id
 * @param {number} amount
 * @param {object} [more] of the detail
 */
export function line(postingType, account, amount, more = {}) {
  return {
    Amount: amount,
    DetailType: "JournalEntryLineDetail",
    JournalEntryLineDetail: { PostingType: postingType, AccountRef: { value: account }, ...more },
  };
}

/**
 * A cash sale.
 * @param {{cash: string, sales: string}} accounts
 * @param {object} [fields] of the entry
 * @param {number} [amount]
 */
export function sale({ cash, sales }, fields = {}, amount = 100.25) {
  return { TxnDate: "2026-10-01", Line: [line("Debit", cash, amount), line("Credit", sales, amount)], ...fields };
}

/**
 * The accounts that sale needs, made for the test.
 * @param {any} qb
 * @param {string} name that makes them the test's own
 */
export async function saleAccounts(qb, name) {
  const cash = await call(qb, "createAccount", { Name: `Till of ${name}`, AccountType: "Bank" });
  const sales = await call(qb, "createAccount", { Name: `Sales of ${name}`, AccountSubType: "SalesOfProductIncome" });
  return { cash: cash.Id, sales: sales.Id };
}
