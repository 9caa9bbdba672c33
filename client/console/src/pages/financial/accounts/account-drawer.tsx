// One account: what it is, and which mappings use it.
import { Button, Drawer, Group, Skeleton, Stack } from "@mantine/core";
import type { Account } from "@tillpost/client/financial";
import { useMayManage } from "../../../api/context.js";
import { businessDate, time } from "../../../format/dates.js";
import { AccountName, EmptyState, ErrorNotice, Notice } from "../../../parts/index.js";
import { usePageLinks } from "../../../shell/links.js";
import { accountsTexts, accountTypeNames, mappingName } from "../../../texts/accounts.js";
import classes from "./accounts.module.css";
import { AccountState } from "./columns.js";
import { useUses } from "./use-chart.js";

const texts = accountsTexts.drawer;

interface AccountDrawerProps {
  /** From the address; empty: closed. */
  readonly accountId: string;
  readonly accounts: readonly Account[] | undefined;
  ask(account: Account): void;
  onClose(): void;
}

export function AccountDrawer({ accountId, accounts, ask, onClose }: AccountDrawerProps) {
  const account = accounts?.find((one) => one.accountId === accountId);
  return (
    <Drawer
      opened={accountId !== ""}
      onClose={onClose}
      position="right"
      size="min(34rem, 100vw)"
      title={account?.name ?? texts.title}
      closeButtonProps={{ "aria-label": texts.close }}
    >
      {account && <Detail account={account} accounts={accounts ?? []} ask={ask} />}
      {account === undefined && accounts !== undefined && (
        <EmptyState title={texts.missing}>{texts.missingText}</EmptyState>
      )}
      {accounts === undefined && <Skeleton height={96} aria-busy="true" />}
    </Drawer>
  );
}

function Detail(props: { account: Account; accounts: readonly Account[]; ask(account: Account): void }) {
  const { account, accounts, ask } = props;
  const mayManage = useMayManage();
  const deleted = account.deleteTime !== undefined;
  return (
    <Stack gap="lg">
      <Group gap="sm">
        <AccountState account={account} />
        <span>{accountTypeNames[account.type]}</span>
      </Group>
      {deleted && <Notice tone="quiet">{texts.deletedText}</Notice>}
      {!deleted && !account.active && <Notice tone="warn">{texts.inactiveText}</Notice>}
      <Facts account={account} parent={accounts.find((one) => one.accountId === account.parentAccountId)} />
      <Uses account={account} />
      {!deleted && (
        <div>
          <Button
            variant="default"
            c="var(--mantine-color-error)"
            disabled={!mayManage}
            aria-label={accountsTexts.table.deleteOf(account.fullyQualifiedName)}
            onClick={() => ask(account)}
          >
            {accountsTexts.table.delete}
          </Button>
        </div>
      )}
    </Stack>
  );
}

function Facts({ account, parent }: { account: Account; parent: Account | undefined }) {
  const facts: [string, string][] = [
    [texts.facts.number, account.number],
    [texts.facts.subType, spaced(account.subType)],
    [texts.facts.currency, account.currencyCode],
    [texts.facts.imported, time(account.importTime)],
    [texts.facts.deleted, time(account.deleteTime)],
    [texts.facts.id, account.accountId],
  ];
  return (
    <dl className={classes.facts}>
      {parent && (
        <div>
          <dt>{texts.facts.parent}</dt>
          <dd>
            <AccountName id={parent.accountId} name={parent.fullyQualifiedName} />
          </dd>
        </div>
      )}
      {facts
        .filter(([, value]) => value !== "")
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** QuickBooks writes its detail types in one word: "SalesOfProductIncome" is "Sales of product income". */
export function spaced(word: string): string {
  const text = word.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function Uses({ account }: { account: Account }) {
  const links = usePageLinks();
  const { uses, error, refetch } = useUses(account);
  const mapping = links.href("configuration");
  return (
    <section aria-label={texts.mappings}>
      <h3 className={classes.title}>{texts.mappings}</h3>
      {error && uses === undefined && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {uses === undefined && !error && <Skeleton height={48} aria-busy="true" />}
      {uses?.length === 0 && <p className={classes.quiet}>{texts.none}</p>}
      {uses !== undefined && uses.length > 0 && (
        <ul className={classes.uses}>
          {uses.map((use) => (
            <li key={String(use.mapping.version)}>
              {use.mapping.slot && mappingName(use.mapping.slot)}
              {use.mapping.effectiveDate !== "" && (
                <span className={classes.quiet}> {texts.since(businessDate(use.mapping.effectiveDate))}</span>
              )}
              {use.waiting > 0n && <div className={classes.quiet}>{texts.waiting(use.waiting)}</div>}
            </li>
          ))}
        </ul>
      )}
      {mapping && uses !== undefined && uses.length > 0 && (
        <Button mt="sm" size="xs" variant="default" component="a" href={mapping} onClick={links.follow}>
          {texts.map}
        </Button>
      )}
    </section>
  );
}
