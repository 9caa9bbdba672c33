// The table per day and location.
import { Button, Skeleton } from "@mantine/core";
import { useState } from "react";
import { businessDate } from "../../format/dates.js";
import { duration } from "../../format/durations.js";
import { money } from "../../format/money.js";
import { AmountCell, StateBadge } from "../../parts/index.js";
import { usePageLinks } from "../../shell/links.js";
import { overviewTexts } from "../../texts/overview.js";
import { type Row, sumsOf } from "./figures.js";
import { type FiguresColumn, FiguresTable } from "./figures-table.js";
import classes from "./overview.module.css";

const texts = overviewTexts.table;
const rowsAtFirst = 60;

export function DayTable({ rows, stale }: { rows: readonly Row[]; stale: boolean }) {
  const [shown, setShown] = useState(rowsAtFirst);
  const more = rows.length - shown;
  return (
    <div className={stale ? classes.stale : ""} aria-busy={stale}>
      <FiguresTable label={texts.title} rows={rows.slice(0, shown)} rowKey={(row) => row.key} columns={columns} />
      {more > 0 && (
        <div className={classes.more}>
          <Button variant="default" size="xs" onClick={() => setShown(shown + 4 * rowsAtFirst)}>
            {texts.showMore(Math.min(more, 4 * rowsAtFirst))}
          </Button>
        </div>
      )}
    </div>
  );
}

const columns: readonly FiguresColumn<Row>[] = [
  { id: "day", header: texts.day, short: true, cell: (row) => businessDate(row.day) },
  { id: "location", header: texts.location, cell: (row) => row.location || texts.unknownLocation },
  { id: "says", header: texts.says, end: true, cell: (row) => <Says row={row} /> },
  { id: "posted", header: texts.posted, end: true, cell: (row) => <Posted row={row} /> },
  { id: "entries", header: texts.entries, end: true, cell: (row) => <Entries row={row} /> },
  { id: "quickbooks", header: texts.quickbooks, end: true, cell: (row) => <Holds row={row} /> },
  { id: "time", header: texts.time, end: true, cell: (row) => <Took row={row} /> },
];

function Says({ row }: { row: Row }) {
  const sums = sumsOf(row.figures);
  return (
    <>
      <AmountCell amount={sums.says} currency={row.currency} />
      <span className={classes.small}>{texts.events(sums.events)}</span>
    </>
  );
}

function Posted({ row }: { row: Row }) {
  const sums = sumsOf(row.figures);
  const links = usePageLinks();
  const href = links.href("events", { state: "error", from: row.day, to: row.day, location: row.location });
  return (
    <>
      <AmountCell amount={sums.postedAmount} currency={row.currency} />
      <span className={classes.small}>
        {texts.synced(sums.synced)}
        {sums.waiting > 0n && `, ${texts.waiting(sums.waiting)}`}
      </span>
      {sums.errors > 0n && (
        <a
          className={classes.problem}
          href={href}
          onClick={links.follow}
          aria-label={texts.showErrors(sums.errors, businessDate(row.day), row.location)}
        >
          {texts.errors(sums.errors)}
        </a>
      )}
    </>
  );
}

function Entries({ row }: { row: Row }) {
  return (
    <>
      <AmountCell amount={row.figures?.postedAmount ?? 0n} currency={row.currency} />
      <span className={classes.small}>{texts.entryCount(row.figures?.postedEntryCount ?? 0n)}</span>
    </>
  );
}

/** Agrees only where every single entry does: equal totals may hide two mistakes. */
function Holds({ row }: { row: Row }) {
  if (row.compared === undefined) {
    return <span className={classes.small}>{texts.notCompared}</span>;
  }
  const { figures, findings } = row.compared;
  const held = figures?.quickbooksAmount ?? 0n;
  const posted = figures?.tillpostAmount ?? 0n;
  const entries = figures?.tillpostEntryCount ?? 0n;
  const agreeing = figures?.agreeingEntryCount ?? 0n;
  const agrees = agreeing === entries && (figures?.quickbooksEntryCount ?? 0n) === entries && held === posted;
  const label = agrees ? texts.agrees : differs(held - posted, findings, row.currency);
  return (
    <>
      <AmountCell amount={held} currency={row.currency} />
      <StateBadge tone={agrees ? "good" : "bad"} label={label} />
      {(figures?.underwayEntryCount ?? 0n) > 0n && (
        <span className={classes.small}>{texts.underway(figures?.underwayEntryCount ?? 0n)}</span>
      )}
    </>
  );
}

function differs(off: bigint, findings: number, currency: string): string {
  if (off !== 0n) {
    return off > 0n ? texts.more(money(off, currency)) : texts.less(money(-off, currency));
  }
  return findings > 0 ? texts.findings(findings) : texts.otherEntries;
}

function Took({ row }: { row: Row }) {
  const took = row.figures?.timeToQuickbooks;
  if (took?.median === undefined || took.percentile95 === undefined) {
    return <span className={classes.small}>–</span>;
  }
  return (
    <>
      <span className="figure">{duration(took.median)}</span>
      <span className={classes.small}>{texts.p95(duration(took.percentile95))}</span>
    </>
  );
}

export function DayTableLoading() {
  return (
    <div className={classes.loading} aria-busy="true">
      {["a", "b", "c", "d", "e"].map((key) => (
        <Skeleton key={key} height={14} />
      ))}
    </div>
  );
}
