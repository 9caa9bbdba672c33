import { count } from "../../../format/counts.js";
import type { Search } from "../../../shell/search.js";
import type { Tally } from "../../../shell/tally.js";
import { eventsTexts } from "../../../texts/events.js";
import classes from "./events.module.css";

const texts = eventsTexts.counts;

/** The live counts; each filters the list. */
export function Tiles(props: { sums: Tally | undefined; state: string; change(search: Search): void }) {
  const { sums } = props;
  const tiles = [
    { name: texts.synced, tone: classes.good, n: sums?.synced, hint: texts.syncedHint, state: "synced" },
    {
      name: texts.waiting,
      tone: classes.busy,
      n: sums && sums.waiting + sums.past,
      hint: texts.waitingHint(sums?.past ?? 0n),
      state: "never-synced,waiting,processing",
    },
    {
      name: texts.errors,
      tone: classes.bad,
      n: sums?.errors,
      hint: sums && texts.errorsHint(sums.causes.length),
      state: "error",
    },
    { name: texts.other, tone: classes.quiet, n: sums?.aside, hint: texts.otherHint, state: "nothing,skipped" },
  ];
  return (
    <fieldset className={classes.tiles} aria-label={texts.label} style={{ border: 0, margin: 0, padding: 0 }}>
      {tiles.map(({ name, tone, n, hint, state }) => (
        <button
          key={name}
          type="button"
          className={classes.tile}
          aria-pressed={props.state === state}
          aria-label={`${texts.show(name)}: ${n === undefined ? "" : count(n)}`}
          onClick={() => props.change({ state: props.state === state ? "" : state, reason: "" })}
        >
          <span className={classes.tileName}>
            <span className={`${classes.dot} ${tone}`} />
            {name}
          </span>
          <span className={classes.tileNumber}>{n === undefined ? "–" : count(n)}</span>
          <span className={classes.tileHint}>{hint ?? "–"}</span>
        </button>
      ))}
    </fieldset>
  );
}
