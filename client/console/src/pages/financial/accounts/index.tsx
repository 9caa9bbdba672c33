// Settings > Financial > Accounts: the imported chart as a tree, what uses each account, import and delete.
import { Button, Stack, VisuallyHidden } from "@mantine/core";
import type { Account } from "@tillpost/client/financial";
import { type Connection, Connection_State } from "@tillpost/client/integration";
import { useMemo, useState } from "react";
import { useMayManage } from "../../../api/context.js";
import { fromNow } from "../../../format/dates.js";
import { cutPage, DataTable, EmptyState, PageHeader, usePaging } from "../../../parts/index.js";
import { useConnection } from "../../../shell/connection.js";
import { usePageLinks } from "../../../shell/links.js";
import { useRetailer } from "../../../shell/retailer.js";
import { usePageSearch } from "../../../shell/search.js";
import { accountsTexts } from "../../../texts/accounts.js";
import { statusTexts } from "../../../texts/status.js";
import { ImportOutcome, ImportProgress } from "../../integration/status/import-card.js";
import { type Importing, useImport } from "../../integration/status/use-import.js";
import { AccountDrawer } from "./account-drawer.js";
import { accountColumns } from "./columns.js";
import { DeleteDialog } from "./delete-dialog.js";
import { FilterBar } from "./filter-bar.js";
import { type Filters, hasFilters, matches, noFilters, readFilters } from "./filters.js";
import { treeRows } from "./tree.js";
import { useChart } from "./use-chart.js";

const pageSize = 100;

export default function AccountsPage() {
  const connection = useConnection().data?.connection;
  const importing = useImport();
  return (
    <div>
      <PageHeader
        title={accountsTexts.title}
        lead={leadOf(connection)}
        actions={<ImportButton importing={importing} connection={connection} />}
      />
      <Stack gap="md">
        {importing.running && <ImportProgress importing={importing} />}
        <ImportOutcome importing={importing} />
        <Chart connection={connection} importing={importing} />
      </Stack>
    </div>
  );
}

function leadOf(connection: Connection | undefined): string {
  const when = connection?.accountsImportTime;
  return connection === undefined || when === undefined
    ? accountsTexts.lead
    : accountsTexts.imported(connection.accountCount, connection.companyName, fromNow(when));
}

function Chart({ connection, importing }: { connection: Connection | undefined; importing: Importing }) {
  const retailer = useRetailer();
  const mayManage = useMayManage();
  const [search, change] = usePageSearch();
  const filters = readFilters(search);
  const { accounts, error, refetch } = useChart();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Account>();
  const { text, rows, filtered } = useRows(accounts, filters, closed);
  const paging = usePaging(`${retailer} ${text}`);
  const page = cutPage(rows, paging, pageSize);
  const open = ({ accountId }: Account) => change({ account: accountId }, { push: true });
  const toggle = ({ accountId }: Account) => {
    setClosed((old) =>
      old.has(accountId) ? new Set([...old].filter((id) => id !== accountId)) : new Set(old).add(accountId),
    );
  };
  return (
    <>
      <FilterBar filters={filters} search={search} change={change} />
      <VisuallyHidden role="status">
        {filtered && rows && accountsTexts.filters.found(rows.filter((row) => row.wanted).length)}
      </VisuallyHidden>
      <DataTable
        label={accountsTexts.table.label}
        columns={accountColumns({
          numbered: accounts?.some(({ number }) => number !== "") ?? false,
          closed: filtered ? new Set() : closed,
          toggle: filtered ? undefined : toggle,
          open,
          ask: mayManage ? setAsked : undefined,
        })}
        rows={page.rows}
        rowKey={({ account }) => account.accountId}
        error={accounts === undefined ? error : undefined}
        onRetry={() => void refetch()}
        paging={paging}
        pageSize={pageSize}
        nextToken={page.nextToken}
        onRow={({ account }) => open(account)}
        empty={<Empty filters={filters} change={change} connection={connection} importing={importing} />}
      />
      <AccountDrawer
        accountId={search.account ?? ""}
        accounts={accounts}
        ask={setAsked}
        onClose={() => change({ account: "" })}
      />
      {asked && (
        <DeleteDialog
          account={accounts?.find(({ accountId }) => accountId === asked.accountId) ?? asked}
          subAccounts={accounts?.filter(isBelow(asked)).length ?? 0}
          onClose={() => setAsked(undefined)}
        />
      )}
    </>
  );
}

const isBelow = (parent: Account) => (account: Account) =>
  account.parentAccountId === parent.accountId && account.deleteTime === undefined;

/** The lines of the tree. While filters are set, every parent is open: what was looked for must not be hidden. */
function useRows(accounts: readonly Account[] | undefined, filters: Filters, closed: ReadonlySet<string>) {
  const text = JSON.stringify(filters);
  const filtered = hasFilters(filters);
  const rows = useMemo(() => {
    const asked = JSON.parse(text) as Filters;
    return accounts && treeRows(accounts, (account) => matches(account, asked), filtered ? new Set() : closed);
  }, [accounts, text, filtered, closed]);
  return { text, rows, filtered };
}

interface EmptyProps {
  readonly filters: Filters;
  readonly connection: Connection | undefined;
  readonly importing: Importing;
  change(search: typeof noFilters): void;
}

function Empty({ filters, change, connection, importing }: EmptyProps) {
  const texts = accountsTexts.table;
  const links = usePageLinks();
  if (hasFilters(filters)) {
    return (
      <EmptyState
        title={filters.state === "deleted" ? texts.noneDeleted : texts.emptyFiltered}
        action={
          <Button variant="default" onClick={() => change(noFilters)}>
            {accountsTexts.filters.clear}
          </Button>
        }
      />
    );
  }
  if (connection !== undefined && connection.state !== Connection_State.CONNECTED) {
    return (
      <EmptyState
        title={texts.empty}
        action={
          <Button component="a" href={links.href("status") ?? ""} onClick={links.follow}>
            {texts.connect}
          </Button>
        }
      >
        {texts.emptyUnconnected}
      </EmptyState>
    );
  }
  return (
    <EmptyState title={texts.empty} action={<ImportButton importing={importing} connection={connection} />}>
      {texts.emptyText}
    </EmptyState>
  );
}

function ImportButton({ importing, connection }: { importing: Importing; connection: Connection | undefined }) {
  const mayManage = useMayManage();
  const connected = connection?.state === Connection_State.CONNECTED;
  return (
    <Button
      variant={connection?.accountsImportTime === undefined ? "filled" : "default"}
      loading={importing.running}
      disabled={!mayManage || !connected}
      onClick={() => void importing.start()}
    >
      {statusTexts.import.action}
    </Button>
  );
}
