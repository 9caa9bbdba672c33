// Clearing accounts: what was taken and has not reached the bank, and since when.
import { useQuery } from "@connectrpc/connect-query";
import { type ClearingAccount, type ClearingTender, FinancialService } from "@tillpost/client/financial";
import { businessDate } from "../../format/dates.js";
import { AccountName, AmountCell, Card, EmptyState, ErrorNotice, Notice, StateBadge } from "../../parts/index.js";
import { useRetailer } from "../../shell/retailer.js";
import { overviewTexts } from "../../texts/overview.js";
import { DayTableLoading } from "./day-table.js";
import { type FiguresColumn, FiguresTable } from "./figures-table.js";
import classes from "./overview.module.css";
import { daysBetween, localDay } from "./range.js";

const texts = overviewTexts.clearing;

interface Row {
  readonly account: ClearingAccount;
  /** Undefined: all of the account's together, as its register in QuickBooks has them. */
  readonly tender: ClearingTender | undefined;
}

export function Clearing() {
  const retailerId = useRetailer();
  const query = useQuery(FinancialService.method.listClearingAccounts, { retailerId });
  const rows = query.data?.accounts.flatMap(rowsOf);
  const since = query.data?.fromTxnDate ?? "";
  return (
    <Card label={texts.title} padded={false}>
      <div className={classes.cardHead}>
        <h2 className={classes.cardTitle}>{texts.title}</h2>
        <p className={classes.lead}>{texts.lead}</p>
        {since !== "" && <Notice tone="warn">{texts.since(businessDate(since))}</Notice>}
        {query.error !== null && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      </div>
      {rows === undefined && query.error === null && <DayTableLoading />}
      {rows?.length === 0 && <EmptyState title={texts.empty}>{texts.emptyText}</EmptyState>}
      {rows !== undefined && rows.length > 0 && (
        <div className={classes.sheet}>
          <FiguresTable
            label={texts.title}
            rows={rows}
            rowKey={({ account, tender }) => `${account.accountId} ${tender?.paymentType} ${tender?.currencyCode}`}
            rowClass={({ account, tender }) => classOf(account, tender)}
            columns={columns}
          />
        </div>
      )}
    </Card>
  );
}

/** An account of several payment types comes with their sum first, as long as they are of one currency. */
function rowsOf(account: ClearingAccount): Row[] {
  const rows: Row[] = account.tenders.map((tender) => ({ account, tender }));
  return isSummed(account) ? [{ account, tender: undefined }, ...rows] : rows;
}

function isSummed({ tenders }: ClearingAccount): boolean {
  return tenders.length > 1 && new Set(tenders.map(({ currencyCode }) => currencyCode)).size === 1;
}

function classOf(account: ClearingAccount, tender: ClearingTender | undefined): string | undefined {
  return isSummed(account) ? (tender === undefined ? classes.sum : classes.below) : undefined;
}

const columns: readonly FiguresColumn<Row>[] = [
  {
    id: "account",
    header: texts.account,
    cell: ({ account, tender }) => (
      <span className={tender !== undefined && isSummed(account) ? classes.member : ""}>
        <AccountName id={account.accountId} name={account.accountName} />
      </span>
    ),
  },
  {
    id: "tender",
    header: texts.tender,
    cell: ({ account, tender }) => tender?.paymentType ?? texts.tenders(account.tenders.length),
  },
  { id: "oldest", header: texts.oldest, short: true, cell: ({ tender }) => tender && <Oldest tender={tender} /> },
  { id: "cleared", header: texts.cleared, short: true, cell: ({ tender }) => tender && lastCleared(tender) },
  {
    id: "balance",
    header: texts.balance,
    end: true,
    cell: ({ account, tender }) => (
      <AmountCell
        amount={(tender ?? account).expectedBalance}
        currency={(tender ?? account.tenders[0])?.currencyCode ?? ""}
      />
    ),
  },
];

function lastCleared({ lastClearedTxnDate }: ClearingTender): string {
  return lastClearedTxnDate === "" ? texts.never : businessDate(lastClearedTxnDate);
}

/** A month is longer than any processor takes. */
const oldDays = 31;

function Oldest({ tender }: { tender: ClearingTender }) {
  if (tender.oldestTxnDate === "") {
    return <StateBadge tone="warn" label={texts.overpaid} />;
  }
  const age = daysBetween(tender.oldestTxnDate, localDay(new Date()));
  return (
    <span className={classes.age}>
      {businessDate(tender.oldestTxnDate)}
      <StateBadge tone={age > oldDays ? "warn" : "quiet"} label={texts.days(age)} />
    </span>
  );
}
