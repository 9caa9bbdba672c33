// What the chart shows of each account.
import { Button, VisuallyHidden } from "@mantine/core";
import type { Account } from "@tillpost/client/financial";
import { ChevronIcon, type Column, RightIcon, StateBadge, type Tone } from "../../../parts/index.js";
import { accountStates, accountsTexts, accountTypeNames } from "../../../texts/accounts.js";
import classes from "./accounts.module.css";
import { type StateWord, stateOf } from "./filters.js";
import type { TreeRow } from "./tree.js";

const texts = accountsTexts.table;

export const stateTones: Record<StateWord, Tone> = { active: "good", inactive: "warn", deleted: "quiet" };

interface ColumnsProps {
  readonly numbered: boolean;
  readonly closed: ReadonlySet<string>;
  /** Undefined while a filter keeps every parent open. */
  readonly toggle: ((account: Account) => void) | undefined;
  open(account: Account): void;
  /** Undefined for who may not. */
  readonly ask: ((account: Account) => void) | undefined;
}

export function accountColumns(props: ColumnsProps): Column<TreeRow>[] {
  const { ask } = props;
  const columns: (Column<TreeRow> | false)[] = [
    { id: "name", header: texts.name, cell: (row) => <NameCell row={row} {...props} /> },
    props.numbered && {
      id: "number",
      header: texts.number,
      hiddenOnPhone: true,
      width: "7rem",
      cell: ({ account }) => <span className="figure">{account.number}</span>,
    },
    { id: "type", header: texts.type, width: "13rem", cell: ({ account }) => accountTypeNames[account.type] },
    { id: "used", header: texts.used, width: "8rem", cell: ({ account }) => <UsedCell n={account.mappingCount} /> },
    { id: "state", header: texts.state, width: "8rem", cell: ({ account }) => <StateCell account={account} /> },
    ask !== undefined && {
      id: "action",
      header: texts.action,
      end: true,
      width: "7rem",
      cell: ({ account }) =>
        account.deleteTime === undefined && (
          <Button
            size="compact-sm"
            variant="subtle"
            c="var(--mantine-color-error)"
            aria-label={texts.deleteOf(account.fullyQualifiedName)}
            onClick={() => ask(account)}
          >
            {texts.delete}
          </Button>
        ),
    },
  ];
  return columns.filter((column) => column !== false);
}

export function AccountState({ account }: { account: Account }) {
  const word = stateOf(account);
  return <StateBadge tone={stateTones[word]} label={accountStates[word]} />;
}

/** On a phone only what is not as usual is shown. */
function StateCell({ account }: { account: Account }) {
  return (
    <span className={stateOf(account) === "active" ? classes.usual : ""}>
      <AccountState account={account} />
    </span>
  );
}

/** The name at its place in the tree. The indent is for the eye; the parent is named for screen readers. */
function NameCell({ row, closed, toggle, open }: { row: TreeRow } & ColumnsProps) {
  const { account, depth, parent, hasChildren, wanted } = row;
  const expanded = !closed.has(account.accountId);
  const Icon = expanded ? ChevronIcon : RightIcon;
  return (
    <span className={classes.name} style={{ paddingInlineStart: `${depth * 1.25}rem` }}>
      {hasChildren && toggle ? (
        <button
          type="button"
          className={classes.toggle}
          aria-expanded={expanded}
          aria-label={(expanded ? texts.collapse : texts.expand)(account.name)}
          onClick={() => toggle(account)}
        >
          <Icon size={16} />
        </button>
      ) : (
        <span className={classes.noToggle} />
      )}
      <button
        type="button"
        className={`${classes.open} ${wanted ? "" : classes.around}`}
        aria-label={texts.open(account.fullyQualifiedName)}
        onClick={() => open(account)}
      >
        {account.name}
      </button>
      {parent && <VisuallyHidden>, {texts.below(parent.name)}</VisuallyHidden>}
    </span>
  );
}

function UsedCell({ n }: { n: number }) {
  if (n > 0) {
    return texts.mappings(n);
  }
  return (
    <span className={`${classes.quiet} ${classes.usual}`}>
      <span aria-hidden="true">{texts.unused}</span>
      <VisuallyHidden>{texts.unusedText}</VisuallyHidden>
    </span>
  );
}
