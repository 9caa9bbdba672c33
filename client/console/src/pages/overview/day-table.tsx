// The table per day and location: a day of several locations has their sum, and opens to show them.
import { Button, Skeleton, VisuallyHidden } from "@mantine/core";
import type { OverviewFigures } from "@tillpost/client/financial";
import { useState } from "react";
import { businessDate } from "../../format/dates.js";
import { duration } from "../../format/durations.js";
import { money } from "../../format/money.js";
import { AmountCell, ChevronIcon, StateBadge } from "../../parts/index.js";
import { usePageLinks } from "../../shell/links.js";
import { overviewTexts } from "../../texts/overview.js";
import { agrees, byDay, type DayRows, type Row, sumsOf } from "./figures.js";
import { type FiguresColumn, FiguresTable } from "./figures-table.js";
import classes from "./overview.module.css";

const texts = overviewTexts.table;
const rowsAtFirst = 60;

/** A row as it is shown: a day of one location, a day's sum, or a location below it. */
interface Shown {
  readonly row: Row;
  /** How many locations the day has; undefined below it. */
  readonly locations?: number;
  readonly open?: boolean;
  toggle?(): void;
}

export function DayTable(props: { rows: readonly Row[]; days: readonly OverviewFigures[]; stale: boolean }) {
  const [shown, setShown] = useState(rowsAtFirst);
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map());
  const rows = byDay(props.rows, props.days).flatMap((day, index): Shown[] => {
    const { total, locations } = day;
    const open = changed.get(total.key) ?? opensByItself(day, index);
    const toggle = () => setChanged(new Map(changed).set(total.key, !open));
    const below = open ? locations.map((row) => ({ row })) : [];
    return [{ row: total, locations: locations.length, open, toggle }, ...below];
  });
  const more = rows.length - shown;
  return (
    <div className={`${classes.sheet} ${props.stale ? classes.stale : ""}`} aria-busy={props.stale}>
      <FiguresTable
        label={texts.title}
        rows={rows.slice(0, shown)}
        rowKey={({ row, locations }) => `${locations === undefined ? "" : "day "}${row.key}`}
        rowClass={({ locations }) =>
          locations === undefined ? classes.below : locations > 0 ? classes.sum : undefined
        }
        columns={columns}
      />
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

/** The newest day shows its locations, and so does one that differs from QuickBooks: there somebody has to look. */
function opensByItself({ total }: DayRows, index: number): boolean {
  return index === 0 || (total.compared !== undefined && !agrees(total.compared));
}

const columns: readonly FiguresColumn<Shown>[] = [
  { id: "place", header: texts.place, cell: (shown) => <Place shown={shown} /> },
  { id: "says", header: texts.says, end: true, cell: ({ row }) => <Says row={row} /> },
  { id: "posted", header: texts.posted, end: true, cell: ({ row }) => <Posted row={row} /> },
  { id: "entries", header: texts.entries, end: true, cell: ({ row }) => <Entries row={row} /> },
  { id: "quickbooks", header: texts.quickbooks, end: true, cell: ({ row }) => <Holds row={row} /> },
  { id: "time", header: texts.time, end: true, cell: ({ row }) => <Took row={row} /> },
];

/** The day with its location, or with how many it has, and below such a day each location. */
function Place({ shown: { row, locations, open, toggle } }: { shown: Shown }) {
  const date = businessDate(row.day);
  const location = row.location || texts.unknownLocation;
  if (locations === undefined) {
    return (
      <span className={classes.member}>
        {location}
        <VisuallyHidden>, {date}</VisuallyHidden>
      </span>
    );
  }
  if (locations === 0) {
    return (
      <>
        {date}
        <span className={classes.small}>{location}</span>
      </>
    );
  }
  return (
    <>
      <button type="button" className={classes.day} aria-expanded={open} onClick={toggle}>
        <ChevronIcon size={16} />
        {date}
      </button>
      <span className={`${classes.small} ${classes.member}`}>{texts.locations(locations)}</span>
    </>
  );
}

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
      {sums.aside > 0n && (
        <span className={classes.small}>
          {overviewTexts.aside(sums.aside, sums.asideAmount === 0n ? "" : money(sums.asideAmount, row.currency))}
        </span>
      )}
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

function Holds({ row }: { row: Row }) {
  if (row.compared === undefined) {
    return <span className={classes.small}>{texts.notCompared}</span>;
  }
  const { figures, findings } = row.compared;
  const held = figures?.quickbooksAmount ?? 0n;
  const good = agrees(row.compared);
  const label = good ? texts.agrees : differs(held - (figures?.tillpostAmount ?? 0n), findings, row.currency);
  return (
    <>
      <AmountCell amount={held} currency={row.currency} />
      <StateBadge tone={good ? "good" : "bad"} label={label} />
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
