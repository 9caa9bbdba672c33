// Which accounts suit which role. The server judges every mapping; this is the same judgment beforehand, so that the picker
// offers what will be taken. docs/accounting.md has the table that the server makes, and a test holds this one to it.
import { type Account, AccountType, Role } from "@tillpost/client/financial";
import { accountTypeNames } from "../../../texts/account-types.js";
import { configurationTexts } from "../../../texts/configuration.js";

const T = AccountType;
const otherSides = [T.INCOME, T.OTHER_INCOME, T.EXPENSE, T.OTHER_EXPENSE];
const bothCurrents = [T.OTHER_CURRENT_ASSET, T.OTHER_CURRENT_LIABILITY];
const anySide = [T.EQUITY, T.INCOME, T.OTHER_INCOME, T.COST_OF_GOODS_SOLD, T.EXPENSE, T.OTHER_EXPENSE];

/** The types that fit a role, in QuickBooks' order. */
const fitting: Readonly<Record<Role, readonly AccountType[]>> = {
  [Role.UNSPECIFIED]: [],
  [Role.PAYMENT]: [T.BANK, T.OTHER_CURRENT_ASSET, T.CREDIT_CARD, T.OTHER_CURRENT_LIABILITY],
  [Role.DEPOSIT]: [T.OTHER_CURRENT_LIABILITY],
  [Role.REVENUE]: [T.INCOME, T.OTHER_INCOME],
  [Role.DISCOUNT]: [T.INCOME, T.EXPENSE],
  [Role.COST_OF_GOODS_SOLD]: [T.COST_OF_GOODS_SOLD, T.EXPENSE],
  [Role.INVENTORY]: [T.OTHER_CURRENT_ASSET],
  [Role.INVENTORY_IN_TRANSIT]: [T.OTHER_CURRENT_ASSET],
  [Role.PURCHASES_RECEIVED]: bothCurrents,
  [Role.PURCHASES_RETURNED]: bothCurrents,
  [Role.INVENTORY_ADJUSTMENT]: anySide,
  [Role.GIFT_CARD_LIABILITY]: [T.OTHER_CURRENT_LIABILITY],
  [Role.GIFT_CARD_ADJUSTMENT]: [...bothCurrents, T.EQUITY, ...otherSides],
  [Role.CASH_PAID_IN_OUT]: [
    ...[T.BANK, T.OTHER_CURRENT_ASSET, T.FIXED_ASSET, T.OTHER_ASSET, T.CREDIT_CARD],
    ...[T.OTHER_CURRENT_LIABILITY, T.LONG_TERM_LIABILITY, ...anySide],
  ],
  [Role.CASH_DRAWER]: [T.BANK, T.OTHER_CURRENT_ASSET],
  [Role.SALES_TAX]: [T.OTHER_CURRENT_LIABILITY],
  [Role.SHIPPING]: [T.INCOME, T.OTHER_INCOME],
  [Role.FEE]: [T.OTHER_CURRENT_LIABILITY, T.INCOME, T.OTHER_INCOME],
  [Role.TIPS]: [T.OTHER_CURRENT_LIABILITY, T.INCOME],
  [Role.ROUNDING]: otherSides,
  [Role.TILL_OVER_SHORT]: otherSides,
  [Role.BANK_DEPOSIT]: [T.BANK],
  [Role.MERCHANT_FEE]: [T.COST_OF_GOODS_SOLD, T.EXPENSE],
};

/** Types that a role takes with a warning. */
const warned: Partial<Record<Role, readonly AccountType[]>> = { [Role.PAYMENT]: [T.EXPENSE] };

/** How an account suits a role, and in a sentence why it does not, or what to watch. */
export interface Judgment {
  readonly fit: "good" | "warned" | "refused";
  readonly why: string;
}

export function fittingTypes(role: Role): readonly AccountType[] {
  return fitting[role] ?? [];
}

export function warnedTypes(role: Role): readonly AccountType[] {
  return warned[role] ?? [];
}

/** Judges an account for a role. */
export function judge(account: Account, role: Role): Judgment {
  const { refusals } = configurationTexts.picker;
  const refused = (why: string): Judgment => ({ fit: "refused", why });
  if (account.deleteTime !== undefined) {
    return refused(refusals.deleted);
  }
  if (!account.active) {
    return refused(refusals.inactive);
  }
  if (fittingTypes(role).includes(account.type)) {
    return { fit: "good", why: "" };
  }
  if (warnedTypes(role).includes(account.type)) {
    return { fit: "warned", why: refusals.warned };
  }
  switch (account.type) {
    case T.ACCOUNTS_RECEIVABLE:
      return refused(refusals.receivable);
    case T.ACCOUNTS_PAYABLE:
      return refused(refusals.payable);
    case T.OTHER:
      return refused(refusals.unknown);
    default:
      return refused(refusals.type(accountTypeNames[account.type]));
  }
}

/** "Bank, Other Current Asset or Credit Card". */
export function fittingNames(role: Role): string {
  const names = fittingTypes(role).map((type) => accountTypeNames[type]);
  return configurationTexts.or(names);
}
