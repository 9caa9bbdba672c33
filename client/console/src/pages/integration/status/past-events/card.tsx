// Past events as an operation: start it, watch it, pause, resume or cancel it, and see what became of earlier ones. What it
// shows is the server's, so it is the same after a reload and in another window.
import { Button, Skeleton, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type Backfill, Backfill_State, type SyncStatus } from "@tillpost/client/financial";
import { useMayManage } from "../../../../api/context.js";
import { fromNow } from "../../../../format/dates.js";
import { Card, ErrorNotice, Notice, StateBadge } from "../../../../parts/index.js";
import { usePageLinks } from "../../../../shell/links.js";
import { tally } from "../../../../shell/tally.js";
import { backfillNames, backfillTones, pastTexts } from "../../../../texts/past-events.js";
import page from "../status.module.css";
import { BackfillActions } from "./actions.js";
import { PastEventsDialog } from "./dialog.js";
import { EarlierBackfills } from "./earlier.js";
import classes from "./past-events.module.css";
import { BackfillProgress } from "./progress.js";
import { errorsOf, isUnfinished, useNewestBackfill } from "./use-backfills.js";

interface PastEventsCardProps {
  readonly status: SyncStatus | undefined;
  readonly currency: string;
  readonly connected: boolean;
}

export function PastEventsCard({ status, currency, connected }: PastEventsCardProps) {
  const mayManage = useMayManage();
  const [choosing, dialog] = useDisclosure(false);
  const { backfill, query } = useNewestBackfill(status);
  const past = tally(status)?.past;
  const unfinished = isUnfinished(backfill);
  return (
    <Card label={pastTexts.title}>
      <div className={page.top}>
        <div>
          <h2 className={page.cardTitle}>{pastTexts.title}</h2>
          <p className={page.lead}>{unfinished ? pastTexts.progress.afterNew : leadOf(past)}</p>
        </div>
        {!unfinished && (
          <Button variant="default" disabled={!mayManage || !connected || past === 0n} onClick={dialog.open}>
            {pastTexts.action}
          </Button>
        )}
      </div>
      <Stack gap="md">
        {query.error && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && backfill === undefined && <Skeleton height={48} />}
        {backfill !== undefined && <Operation backfill={backfill} status={status} />}
        {backfill !== undefined && <EarlierBackfills shown={backfill} />}
      </Stack>
      {choosing && <PastEventsDialog currency={currency} onClose={dialog.close} />}
    </Card>
  );
}

function leadOf(past: bigint | undefined): string {
  if (past === undefined) {
    return pastTexts.lead;
  }
  return past === 0n ? pastTexts.leadNone : pastTexts.leadLeft(past);
}

function Operation({ backfill, status }: { backfill: Backfill; status: SyncStatus | undefined }) {
  const { state, changedBy, changeTime } = backfill;
  const changed = pastTexts.changed[state];
  return (
    <section className={classes.operation} aria-label={pastTexts.progress.label}>
      <div className={classes.head}>
        <StateBadge tone={backfillTones[state]} label={backfillNames[state]} />
        <strong>{pastTexts.range(backfill.fromBusinessDate, backfill.toBusinessDate)}</strong>
        <span className={classes.hint}>{pastTexts.started(backfill.startedBy, fromNow(backfill.startTime))}</span>
        {changed !== "" && changedBy !== "" && (
          <span className={classes.hint}>{pastTexts.changedBy(changed, changedBy, fromNow(changeTime))}</span>
        )}
      </div>
      <BackfillProgress backfill={backfill} status={status} />
      <Ended backfill={backfill} />
      {isUnfinished(backfill) && <BackfillActions backfill={backfill} />}
    </section>
  );
}

/** How it ended, in a sentence, with the way to what still waits for a person. */
function Ended({ backfill }: { backfill: Backfill }) {
  const links = usePageLinks();
  const texts = pastTexts.finished;
  const when = fromNow(backfill.endTime);
  if (backfill.state === Backfill_State.CANCELLED) {
    return <Notice tone="quiet">{texts.cancelled(backfill.remainingCount, when)}</Notice>;
  }
  if (backfill.state !== Backfill_State.DONE) {
    return null;
  }
  const waiting = backfill.actionRequiredCount;
  return waiting === 0n ? (
    <Notice tone="good">{texts.all(backfill.totalCount, when)}</Notice>
  ) : (
    <Notice
      tone="warn"
      actions={
        <Button
          component="a"
          size="xs"
          variant="default"
          href={links.href("events", errorsOf(backfill)) ?? ""}
          onClick={links.follow}
        >
          {backfill.fromBusinessDate === "" && backfill.toBusinessDate === "" ? texts.lookAll : texts.lookDates}
        </Button>
      }
    >
      {texts.attention(waiting, backfill.totalCount, when)}
    </Notice>
  );
}
