import { Anchor, Progress, VisuallyHidden } from "@mantine/core";
import { type Backfill, Backfill_State, ConnectionHealth, type SyncStatus } from "@tillpost/client/financial";
import { count } from "../../../../format/counts.js";
import { lasting } from "../../../../format/dates.js";
import { usePageLinks } from "../../../../shell/links.js";
import { backfillNames, pastTexts } from "../../../../texts/past-events.js";
import classes from "./past-events.module.css";
import { errorsOf, isUnfinished } from "./use-backfills.js";

const texts = pastTexts.progress;

/** The bar, what became of the events, and the time left or why nothing moves. */
export function BackfillProgress({ backfill, status }: { backfill: Backfill; status: SyncStatus | undefined }) {
  const unfinished = isUnfinished(backfill);
  const done = backfill.totalCount - backfill.remainingCount;
  const told = texts.done(done, backfill.totalCount);
  return (
    <div>
      <VisuallyHidden role="status">{backfillNames[backfill.state]}</VisuallyHidden>
      {unfinished && (
        <>
          <Bar backfill={backfill} told={told} />
          <div className={classes.line}>
            <span className="figure">{told}</span>
            <span>{timeLeft(backfill, status)}</span>
          </div>
        </>
      )}
      <Counts backfill={backfill} unfinished={unfinished} />
    </div>
  );
}

/** One bar for the eye, in three tones, and one progress bar for screen readers. */
function Bar({ backfill, told }: { backfill: Backfill; told: string }) {
  const percent = (n: bigint) => (backfill.totalCount === 0n ? 0 : Number((n * 1_000n) / backfill.totalCount) / 10);
  const sections = [
    { id: "booked", value: percent(backfill.bookedCount), color: "pine" },
    { id: "skipped", value: percent(backfill.skippedCount), color: "gray" },
    { id: "attention", value: percent(backfill.actionRequiredCount), color: "orange" },
  ];
  return (
    <div
      role="progressbar"
      aria-label={texts.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(percent(backfill.totalCount - backfill.remainingCount))}
      aria-valuetext={told}
    >
      <Progress.Root size="lg" aria-hidden="true">
        {sections.map(({ id, value, color }) => (
          <Progress.Section
            key={id}
            value={value}
            color={color}
            withAria={false}
            animated={id === "booked" && backfill.state === Backfill_State.RUNNING}
          />
        ))}
      </Progress.Root>
    </div>
  );
}

/** Says how long the rest takes or, where nothing is posted, why. */
export function timeLeft(backfill: Backfill, status: SyncStatus | undefined): string {
  if (backfill.state === Backfill_State.PAUSED) {
    return texts.paused;
  }
  if (status?.syncStarted === false) {
    return texts.syncPaused;
  }
  switch (status?.connectionHealth) {
    case ConnectionHealth.NOT_CONNECTED:
    case ConnectionHealth.REAUTHORIZATION_REQUIRED:
      return texts.disconnected;
    case ConnectionHealth.RETRYING:
      return texts.retrying;
    default:
      return backfill.remainingDuration === undefined ? texts.unknown : texts.left(lasting(backfill.remainingDuration));
  }
}

function Counts({ backfill, unfinished }: { backfill: Backfill; unfinished: boolean }) {
  const links = usePageLinks();
  const { counts } = pastTexts;
  const figures: { label: string; n: bigint; href?: string | undefined }[] = [
    { label: counts.booked, n: backfill.bookedCount },
    ...(backfill.state === Backfill_State.DONE
      ? [] // nothing is left of it
      : [{ label: unfinished ? counts.remaining : counts.left, n: backfill.remainingCount }]),
    { label: counts.attention, n: backfill.actionRequiredCount, href: links.href("events", errorsOf(backfill)) },
    { label: counts.skipped, n: backfill.skippedCount },
  ];
  return (
    <dl className={classes.figures} aria-label={counts.label}>
      {figures.map(({ label, n, href }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {href !== undefined && n > 0n ? (
              <Anchor href={href} onClick={links.follow} inherit>
                {count(n)}
              </Anchor>
            ) : (
              count(n)
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
