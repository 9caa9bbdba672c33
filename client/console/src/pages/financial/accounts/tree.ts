// The chart as a tree, in the order in which QuickBooks shows it: by type, then by name, sub-accounts below their parents.
import type { Account } from "@tillpost/client/financial";

/** One line of the tree. */
export interface TreeRow {
  readonly account: Account;
  /** 0 for an account without a parent in the tree. */
  readonly depth: number;
  readonly parent: Account | undefined;
  readonly hasChildren: boolean;
  /** False for a parent that only shows where an account that was asked for belongs. */
  readonly wanted: boolean;
}

const names = new Intl.Collator("en-US", { numeric: true });

/** Makes the lines: wanted accounts with the parents that lead to them, without what lies below a closed one. */
export function treeRows(
  accounts: readonly Account[],
  wanted: (account: Account) => boolean,
  closed: ReadonlySet<string>,
): TreeRow[] {
  const byId = new Map(accounts.map((account) => [account.accountId, account]));
  const chosen = new Set(accounts.filter(wanted));
  const kept = withParents(chosen, byId);
  const children = new Map<string, Account[]>();
  for (const account of kept) {
    const parent = byId.has(account.parentAccountId) ? account.parentAccountId : "";
    children.set(parent, [...(children.get(parent) ?? []), account]);
  }
  const rows: TreeRow[] = [];
  const add = (parent: Account | undefined, depth: number) => {
    const list = children.get(parent?.accountId ?? "") ?? [];
    for (const account of list.sort((a, b) => a.type - b.type || names.compare(a.name, b.name))) {
      const hasChildren = children.has(account.accountId);
      rows.push({ account, depth, parent, hasChildren, wanted: chosen.has(account) });
      if (hasChildren && !closed.has(account.accountId)) {
        add(account, depth + 1);
      }
    }
  };
  add(undefined, 0);
  return rows;
}

function withParents(chosen: ReadonlySet<Account>, byId: ReadonlyMap<string, Account>): Set<Account> {
  const kept = new Set<Account>();
  for (let account of chosen) {
    while (!kept.has(account)) {
      kept.add(account);
      account = byId.get(account.parentAccountId) ?? account;
    }
  }
  return kept;
}
