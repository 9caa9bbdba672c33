import { Progress } from "@mantine/core";
import classes from "./progress-line.module.css";

interface ProgressLineProps {
  /** What goes on, for who cannot see the bar. */
  readonly label: string;
  readonly done: number;
  /** Of how many; 0: not known yet. */
  readonly total: number;
  /** How far it is, in words; read out as it changes. */
  readonly text: string;
}

/** How far something long has come: a bar that moves from the start, and the same in words. */
export function ProgressLine({ label, done, total, text }: ProgressLineProps) {
  const percent = total > 0 ? (done / total) * 100 : 0;
  return (
    <div>
      <Progress.Root size="lg">
        <Progress.Section value={Math.max(percent, 3)} animated aria-label={label} />
      </Progress.Root>
      <div className={classes.text} role="status">
        {text}
      </div>
    </div>
  );
}
