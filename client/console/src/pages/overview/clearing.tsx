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
  readonly tender: ClearingTender;
}

export function Clearing() {
  const retailerId = useRetailer();
  const query = useQuery(FinancialService.method.listClearingAccounts, { retailerId });
  const rows = query.data?.accounts.flatMap((account) => account.tenders.map((tender) => ({ account, tender })));
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
        <FiguresTable
          label={texts.title}
          rows={rows}
          rowKey={({ account, tender }) => `${account.accountId} ${tender.paymentType} ${tender.currencyCode}`}
          columns={columns}
        />
      )}
    </Card>
  );
}

const columns: readonly FiguresColumn<Row>[] = [
  {
    id: "account",
    header: texts.account,
    cell: ({ account }) => (
      <span>
        <AccountName id={account.accountId} name={account.accountName} />
      </span>
    ),
  },
  { id: "tender", header: texts.tender, cell: ({ tender }) => tender.paymentType },
  { id: "oldest", header: texts.oldest, short: true, cell: ({ tender }) => <Oldest tender={tender} /> },
  {
    id: "cleared",
    header: texts.cleared,
    short: true,
    cell: ({ tender }) => (tender.lastClearedTxnDate === "" ? texts.never : businessDate(tender.lastClearedTxnDate)),
  },
  {
    id: "balance",
    header: texts.balance,
    end: true,
    cell: ({ tender }) => <AmountCell amount={tender.expectedBalance} currency={tender.currencyCode} />,
  },
];

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
