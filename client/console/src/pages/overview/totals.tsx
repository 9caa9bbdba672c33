import type { OverviewFigures } from "@tillpost/client/financial";
import { duration } from "../../format/durations.js";
import { money } from "../../format/money.js";
import { overviewTexts } from "../../texts/overview.js";
import { type Sums, sumsOf } from "./figures.js";
import classes from "./overview.module.css";

const texts = overviewTexts.totals;

/** What all days and locations add up to, per currency, the one with the most events first; most retailers have one. */
export function Totals({ totals }: { totals: readonly OverviewFigures[] }) {
  const ordered = totals.toSorted((a, b) => Number(sumsOf(b).events - sumsOf(a).events));
  return ordered.map((total) => (
    <dl
      key={total.currencyCode}
      className={classes.tiles}
      aria-label={totals.length > 1 ? texts.inCurrency(total.currencyCode) : texts.label}
    >
      <Tiles total={total} />
    </dl>
  ));
}

/** What was set aside is said here, so that what was recorded is what was posted, is open, and was set aside. */
function says({ events, aside, asideAmount }: Sums, amount: (n: bigint) => string): string {
  const parts = [texts.saysHint(events)];
  if (aside > 0n) {
    parts.push(overviewTexts.aside(aside, asideAmount === 0n ? "" : amount(asideAmount)));
  }
  return parts.join(", ");
}

function Tiles({ total }: { total: OverviewFigures }) {
  const sums = sumsOf(total);
  const took = total.timeToQuickbooks;
  const amount = (n: bigint) => money(n, total.currencyCode);
  const tiles = [
    { name: texts.says, value: amount(sums.says), hint: says(sums, amount) },
    { name: texts.posted, value: amount(sums.postedAmount), hint: texts.postedHint(sums.synced) },
    { name: texts.open, value: amount(sums.openAmount), hint: texts.openHint(sums.waiting, sums.errors) },
    {
      name: texts.time,
      value: took?.median === undefined ? "–" : duration(took.median),
      hint: took?.percentile95 === undefined ? texts.noTime : texts.timeHint(duration(took.percentile95)),
    },
  ];
  return tiles.map(({ name, value, hint }) => (
    <div key={name} className={classes.tile}>
      <dt>{name}</dt>
      <dd className={classes.tileNumber}>{value}</dd>
      <dd className={classes.tileHint}>{hint}</dd>
    </div>
  ));
}
