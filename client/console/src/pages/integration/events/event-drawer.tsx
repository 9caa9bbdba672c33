// One event: why it waits, its entry line by line, its attempts and its history.
import { skipToken, useQuery } from "@connectrpc/connect-query";
import { Anchor, Button, Drawer, Group, Skeleton, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  type Attempt,
  EventState,
  type EventView,
  FinancialService,
  type GetEventResponse,
  type PostedEntry,
  Reason,
  type StateChange,
} from "@tillpost/client/financial";
import { useMayManage } from "../../../api/context.js";
import { businessDate, exactTime, fromNow, time } from "../../../format/dates.js";
import { money } from "../../../format/money.js";
import { ErrorNotice, Notice, OutIcon, StateBadge } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import { eventsTexts, kindNames, reasonTexts, slotName, stateNames, stateTones } from "../../../texts/events.js";
import { usePutBack } from "./actions.js";
import classes from "./drawer.module.css";
import { Entry } from "./entry.js";
import { Fix, fixOf } from "./fixes.js";
import { RetryButton } from "./retry-button.js";
import { SkipDialog } from "./skip-dialog.js";

const texts = eventsTexts.drawer;

/** The event that the address names; closed without one. */
export function EventDrawer({ eventId, onClose }: { eventId: string; onClose(): void }) {
  const retailerId = useRetailer();
  const opened = eventId !== "";
  const query = useQuery(FinancialService.method.getEvent, opened ? { retailerId, eventId } : skipToken);
  const number = query.data?.event?.event?.number ?? "";
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="min(46rem, 100vw)"
      title={number !== "" ? texts.title(number) : query.error ? texts.unknown : texts.loading}
      closeButtonProps={{ "aria-label": texts.close }}
    >
      {query.error && (
        <Stack gap="md" align="flex-start">
          <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
          <Button variant="default" size="xs" onClick={onClose}>
            {texts.back}
          </Button>
        </Stack>
      )}
      {query.data === undefined && !query.error && <Loading />}
      {query.data?.event && <Detail detail={query.data} view={query.data.event} />}
    </Drawer>
  );
}

function Loading() {
  return (
    <Stack gap="md" aria-busy="true">
      <Skeleton height={24} width="40%" />
      <Skeleton height={64} />
      <Skeleton height={180} />
    </Stack>
  );
}

function Detail({ detail, view }: { detail: GetEventResponse; view: EventView }) {
  return (
    <Stack gap="lg">
      <div className={classes.head}>
        <StateBadge tone={stateTones[view.state]} label={stateNames[view.state]} />
        <span>{kindNames[view.kind]}</span>
        {view.nextAttemptTime && <span className={classes.quiet}>{texts.next(fromNow(view.nextAttemptTime))}</span>}
      </div>
      <Problem view={view} />
      <Actions view={view} />
      <Facts view={view} />
      <Entry view={view} entry={detail.entry} />
      <Posted entries={detail.postedEntries} />
      <Attempts attempts={detail.attempts} />
      <History changes={detail.history} />
    </Stack>
  );
}

function Problem({ view }: { view: EventView }) {
  const { problem } = view;
  if (problem === undefined) {
    return null;
  }
  return (
    <Notice tone="bad" title={reasonTexts[problem.reason].title}>
      <div>{problem.message}</div>
      <div>{problem.remedy}</div>
      {problem.slots.length > 1 && (
        <div>
          {texts.missing} <strong>{problem.slots.map(slotName).join(", ")}</strong>
        </div>
      )}
    </Notice>
  );
}

function Actions({ view }: { view: EventView }) {
  const retailerId = useRetailer();
  const mayManage = useMayManage();
  const unskip = usePutBack();
  const [skipping, dialog] = useDisclosure(false);
  const eventIds = [view.event?.eventId ?? ""];
  const failed = view.state === EventState.ACTION_REQUIRED;
  const waiting = failed || view.state === EventState.PENDING || view.state === EventState.NEVER_SYNCED;
  const fix = failed ? fixOf(view.problem?.reason ?? Reason.UNSPECIFIED) : "none";
  const source = view.event?.sourceUrl ?? "";
  const putBack = () => unskip.mutate({ retailerId, eventIds, note: eventsTexts.skip.undoNote, unskip: true });
  return (
    <>
      <Group gap="xs">
        {failed && view.problem && <Fix reason={view.problem.reason} eventIds={eventIds} places={view.problem.slots} />}
        {failed && fix !== "skip" && <RetryButton events={[view]} variant={fix === "retry" ? "filled" : "default"} />}
        {waiting && (
          <Button size="xs" variant={fix === "skip" ? "filled" : "default"} disabled={!mayManage} onClick={dialog.open}>
            {texts.skip}
          </Button>
        )}
        {view.state === EventState.SKIPPED && (
          <Button size="xs" disabled={!mayManage} loading={unskip.isPending} onClick={putBack}>
            {texts.unskip}
          </Button>
        )}
        {view.postedEntry && view.postedEntry.url !== "" && (
          <OutLink href={view.postedEntry.url} label={texts.quickbooks} />
        )}
        {source !== "" && <OutLink href={source} label={texts.source} />}
      </Group>
      {skipping && <SkipDialog which={{ eventIds }} onClose={dialog.close} />}
    </>
  );
}

function OutLink({ href, label }: { href: string; label: string }) {
  return (
    <Button
      size="xs"
      variant="default"
      component="a"
      href={href}
      target="_blank"
      rel="noreferrer"
      rightSection={<OutIcon size={14} />}
    >
      {label}
    </Button>
  );
}

function Facts({ view }: { view: EventView }) {
  const { event } = view;
  if (event === undefined) {
    return null;
  }
  const facts: [string, string][] = [
    [texts.facts.amount, money(view.amount, event.currencyCode)],
    [texts.facts.date, businessDate(event.businessDate)],
    [texts.facts.location, event.locationId],
    [texts.facts.recorded, time(view.recordTime)],
    [texts.facts.id, event.eventId],
  ];
  if (event.revision > 1) {
    facts.push([texts.facts.revision, String(event.revision)]);
  }
  if (event.memo !== "") {
    facts.push([texts.memo, event.memo]);
  }
  return (
    <dl className={classes.facts}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Posted({ entries }: { entries: readonly PostedEntry[] }) {
  if (entries.length === 0) {
    return null;
  }
  return (
    <section>
      <h3 className={classes.title}>{texts.posted}</h3>
      <ul className={classes.list}>
        {entries.map((entry) => (
          <li key={entry.quickbooksId} className={classes.item}>
            {entry.url === "" ? (
              texts.postedAs(entry.docNumber, businessDate(entry.txnDate))
            ) : (
              <Anchor href={entry.url} target="_blank" rel="noreferrer" inherit underline="always">
                {texts.postedAs(entry.docNumber, businessDate(entry.txnDate))}
              </Anchor>
            )}
            {entry.adjusts && ` · ${texts.adjusts}`}
            <div className={classes.quiet}>{texts.compared(time(entry.confirmTime))}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  return (
    <section>
      <h3 className={classes.title}>{texts.attempts}</h3>
      {attempts.length === 0 && <div className={classes.quiet}>{texts.noAttempts}</div>}
      <ol className={classes.list}>
        {attempts.toReversed().map((attempt) => (
          <li
            key={`${attempt.requestId} ${exactTime(attempt.attemptTime)} ${attempt.outcome}`}
            className={classes.item}
          >
            <strong>{eventsTexts.outcomes[attempt.outcome]}</strong> · {exactTime(attempt.attemptTime)}
            {attempt.message !== "" && <div>{attempt.message}</div>}
            {attempt.intuitTid !== "" && <div className={classes.quiet}>{texts.tid(attempt.intuitTid)}</div>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function History({ changes }: { changes: readonly StateChange[] }) {
  if (changes.length === 0) {
    return null;
  }
  return (
    <section>
      <h3 className={classes.title}>{texts.history}</h3>
      <ol className={classes.list}>
        {changes.toReversed().map((change, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no id, and never change their order
          <li key={index} className={classes.item}>
            <strong>{stateNames[change.toState]}</strong> · {exactTime(change.changeTime)}{" "}
            <span className={classes.quiet}>{texts.by(change.actor)}</span>
            {change.note !== "" && <div>{change.note}</div>}
          </li>
        ))}
      </ol>
    </section>
  );
}
