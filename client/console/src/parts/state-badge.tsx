import classes from "./state-badge.module.css";

/** How a state feels: well, under way, worth a look, in need of someone, or of no concern. */
export type Tone = "good" | "busy" | "warn" | "bad" | "quiet";

/** A state in a word, in its tone. The word says it all; the color only helps. */
export function StateBadge(props: { tone: Tone; label: string }) {
  return (
    <span className={`${classes.badge} ${classes[props.tone]}`}>
      <span className={classes.dot} />
      {props.label}
    </span>
  );
}
