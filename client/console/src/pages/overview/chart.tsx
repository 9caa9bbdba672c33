// Events by state over time: bars in a drawing of our own, and the same numbers as a table.
import type { OverviewFigures } from "@tillpost/client/financial";
import { count } from "../../format/counts.js";
import { businessDate, shortDate } from "../../format/dates.js";
import { Card } from "../../parts/index.js";
import { overviewTexts } from "../../texts/overview.js";
import { type Sums, sumsOf } from "./figures.js";
import { FiguresTable } from "./figures-table.js";
import classes from "./overview.module.css";

const texts = overviewTexts.chart;

interface Series {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  of(sums: Sums): bigint;
}

/** From the bottom up: what is done, what is not, what needs someone, what was set aside. */
const series: readonly Series[] = [
  { id: "synced", name: texts.synced, color: classes.synced ?? "", of: (sums) => sums.synced },
  { id: "waiting", name: texts.waiting, color: classes.waiting ?? "", of: (sums) => sums.waiting },
  { id: "errors", name: texts.errors, color: classes.errors ?? "", of: (sums) => sums.errors },
  { id: "aside", name: texts.aside, color: classes.aside ?? "", of: (sums) => sums.aside },
];

interface Day {
  readonly day: string;
  readonly sums: Sums;
}

export function Chart({ days, figures }: { days: readonly string[]; figures: readonly OverviewFigures[] }) {
  const bars = days.map((day) => ({ day, sums: ofDay(figures, day) }));
  const total = bars.reduce((sum, bar) => sum + bar.sums.events, 0n);
  return (
    <Card label={texts.title}>
      <div className={classes.chartHead}>
        <h2 className={classes.cardTitle}>{texts.title}</h2>
        <ul className={classes.legend}>
          {series.map(({ id, name, color }) => (
            <li key={id}>
              <svg width="12" height="12" aria-hidden="true" focusable="false">
                <rect width="12" height="12" rx="2" className={color} />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      </div>
      <Bars bars={bars} label={texts.summary(days.length, total)} />
      <DayAxis days={days} />
      <details className={classes.details}>
        <summary>{texts.asTable}</summary>
        <FiguresTable
          label={texts.title}
          rows={bars.filter((bar) => bar.sums.events > 0n).reverse()}
          rowKey={(bar) => bar.day}
          columns={[
            { id: "day", header: texts.day, cell: (bar) => businessDate(bar.day) },
            ...series.map((one) => ({
              id: one.id,
              header: one.name,
              end: true,
              cell: (bar: Day) => count(one.of(bar.sums)),
            })),
          ]}
        />
      </details>
    </Card>
  );
}

/** How many days are named at most below the bars, which fits a phone. */
const namedDays = 7;

/** Names days below their bars, evenly spread. */
function DayAxis({ days }: { days: readonly string[] }) {
  const step = Math.ceil(days.length / namedDays);
  return (
    <div className={classes.axis} aria-hidden="true">
      {days.map(
        (day, index) =>
          index % step === 0 && (
            <span key={day} style={{ insetInlineStart: `${((index + 0.5) / days.length) * 100}%` }}>
              {shortDate(day)}
            </span>
          ),
      )}
    </div>
  );
}

/** A day's events in every currency: counts can be added up, amounts cannot. */
function ofDay(figures: readonly OverviewFigures[], day: string): Sums {
  const states = figures.filter((one) => one.businessDate === day).flatMap((one) => one.states);
  return sumsOf({ states } as OverviewFigures);
}

const height = 100;

/** One unit of width per day; the drawing stretches to its place. Heights are counts, exact to a thousandth of the scale. */
function Bars({ bars, label }: { bars: readonly Day[]; label: string }) {
  const highest = bars.reduce((most, { sums }) => (sums.events > most ? sums.events : most), 1n);
  const top = roundUp(highest);
  const scaled = (n: bigint) => (Number((n * 1_000n) / top) / 1_000) * height;
  return (
    <div className={classes.plot}>
      <div className={classes.scale} aria-hidden="true">
        <span>{count(top)}</span>
        <span>{top > 1n ? count(top / 2n) : ""}</span>
        <span>0</span>
      </div>
      <svg
        className={classes.bars}
        viewBox={`0 0 ${Math.max(bars.length, 1)} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {[0, 0.5, 1].map((at) => (
          <line key={at} x1="0" x2={bars.length} y1={at * height} y2={at * height} className={classes.grid} />
        ))}
        {bars.map((bar, index) => {
          let base = height;
          return (
            <g key={bar.day}>
              <title>{tip(bar)}</title>
              <rect x={index} y={0} width={1} height={height} fill="transparent" />
              {series.map((one) => {
                const tall = scaled(one.of(bar.sums));
                base -= tall;
                return (
                  tall > 0 && (
                    <rect key={one.id} x={index + 0.14} y={base} width={0.72} height={tall} className={one.color} />
                  )
                );
              })}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

function tip({ day, sums }: Day): string {
  const parts = series.filter((one) => one.of(sums) > 0n).map((one) => texts.part(one.of(sums), one.name));
  return texts.tip(businessDate(day), parts.length === 0 ? ["0"] : parts);
}

/** The next even number of one or two digits and zeros: 7 is 8, 132 is 140. */
export function roundUp(n: bigint): bigint {
  let step = 2n;
  while (n > step * 50n) {
    step *= 10n;
  }
  return ((n + step - 1n) / step) * step;
}
