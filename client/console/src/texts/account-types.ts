// The account types, as QuickBooks names them.
import { AccountType } from "@tillpost/client/financial";

export const accountTypeNames: Record<AccountType, string> = {
  [AccountType.UNSPECIFIED]: "",
  [AccountType.BANK]: "Bank",
  [AccountType.ACCOUNTS_RECEIVABLE]: "Accounts Receivable",
  [AccountType.OTHER_CURRENT_ASSET]: "Other Current Asset",
  [AccountType.FIXED_ASSET]: "Fixed Asset",
  [AccountType.OTHER_ASSET]: "Other Asset",
  [AccountType.ACCOUNTS_PAYABLE]: "Accounts Payable",
  [AccountType.CREDIT_CARD]: "Credit Card",
  [AccountType.OTHER_CURRENT_LIABILITY]: "Other Current Liability",
  [AccountType.LONG_TERM_LIABILITY]: "Long Term Liability",
  [AccountType.EQUITY]: "Equity",
  [AccountType.INCOME]: "Income",
  [AccountType.OTHER_INCOME]: "Other Income",
  [AccountType.COST_OF_GOODS_SOLD]: "Cost of Goods Sold",
  [AccountType.EXPENSE]: "Expense",
  [AccountType.OTHER_EXPENSE]: "Other Expense",
  [AccountType.OTHER]: "Unknown type",
};
