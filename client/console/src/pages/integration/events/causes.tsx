// Errors by cause, each with the one button that fixes it.
import { useQuery } from "@connectrpc/connect-query";
import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { FinancialService, Reason } from "@tillpost/client/financial";
import { useMayManage } from "../../../api/context.js";
import { Card, ConfirmDialog, ErrorNotice } from "../../../parts/index.js";
import { usePageLinks } from "../../../shell/links.js";
import { useRetailer } from "../../../shell/retailer.js";
import type { Search } from "../../../shell/search.js";
import type { Cause } from "../../../shell/tally.js";
import { eventsTexts, reasonTexts, slotName } from "../../../texts/events.js";
import { mendSearch } from "../../financial/configuration/words.js";
import { useImport } from "../status/use-import.js";
import { useRetry } from "./actions.js";
import classes from "./events.module.css";
import { wordOfReason } from "./filters.js";
import { RoundingFix } from "./rounding-fix.js";
import { SkipDialog } from "./skip-dialog.js";

const texts = eventsTexts.causes;
/** How many places a cause names before it only counts the rest. */
const placesNamed = 4;

/** What fixes a cause; most can be retried besides, and all be skipped. */
export function fixOf(reason: Reason): "map" | "import" | "open-day" | "rounding" | "skip" | "look" | "retry" {
  switch (reason) {
    case Reason.UNMAPPED:
    case Reason.ACCOUNT_INACTIVE:
    case Reason.ACCOUNT_TYPE_REFUSED:
      return "map";
    case Reason.ACCOUNT_DELETED:
      return "import";
    case Reason.PERIOD_CLOSED:
      return "open-day";
    case Reason.OUT_OF_BALANCE:
      return "rounding";
    case Reason.CURRENCY_MISMATCH:
    case Reason.FORMER_COMPANY:
      return "skip"; // trying again changes nothing
    case Reason.KIND_NOT_SUPPORTED:
      return "look"; // nor here; another release may post them
    case Reason.OUTCOME_LOST:
      return "look"; // each may be booked already, so that each is retried by itself
    default:
      return "retry";
  }
}

export function Causes(props: { causes: readonly Cause[]; change(search: Search): void }) {
  if (props.causes.length === 0) {
    return null;
  }
  return (
    <Card padded={false} label={texts.title}>
      <h2 className={classes.causesTitle}>{texts.title}</h2>
      <ul className={classes.causes}>
        {props.causes.map((cause) => (
          <CauseRow key={cause.reason} cause={cause} change={props.change} />
        ))}
      </ul>
    </Card>
  );
}

function CauseRow({ cause, change }: { cause: Cause; change(search: Search): void }) {
  const retailerId = useRetailer();
  const mayManage = useMayManage();
  const retry = useRetry();
  const [skipping, dialog] = useDisclosure(false);
  const { title, hint } = reasonTexts[cause.reason] ?? reasonTexts[Reason.UNSPECIFIED];
  const fix = fixOf(cause.reason);
  const retryAll = () => retry.mutate({ retailerId, reason: cause.reason });
  return (
    <li className={classes.cause}>
      <div className={classes.causeText}>
        <div className={classes.causeTitle}>
          {title} <span>· {texts.events(cause.count)}</span>
        </div>
        <div className={classes.hint}>
          {hint} {cause.reason === Reason.UNMAPPED && <Places />}
        </div>
        {retry.error && <ErrorNotice error={retry.error} onRetry={retryAll} onDismiss={retry.reset} />}
      </div>
      <Group gap="xs">
        <Fix cause={cause} fix={fix} />
        {fix !== "skip" && fix !== "look" && (
          <Button
            size="xs"
            variant={fix === "retry" ? "filled" : "default"}
            loading={retry.isPending}
            disabled={!mayManage}
            onClick={retryAll}
          >
            {texts.retry}
          </Button>
        )}
        <Button
          size="xs"
          variant={fix === "skip" ? "filled" : "default"}
          disabled={!mayManage}
          aria-label={texts.skipAll(title)}
          onClick={dialog.open}
        >
          {texts.skip}
        </Button>
        <Button
          size="xs"
          variant={fix === "look" ? "filled" : "subtle"}
          aria-label={texts.showAll(title)}
          onClick={() => change({ state: "error", reason: wordOfReason(cause.reason) })}
        >
          {texts.show}
        </Button>
      </Group>
      {skipping && <SkipDialog which={{ cause }} onClose={dialog.close} />}
    </li>
  );
}

function Fix({ cause, fix }: { cause: Cause; fix: ReturnType<typeof fixOf> }) {
  switch (fix) {
    case "map":
      return <MapFix reason={cause.reason} />;
    case "import":
      return <ImportFix />;
    case "open-day":
      return <OpenDayFix reason={cause.reason} />;
    case "rounding":
      return <RoundingFix />;
    default:
      return null;
  }
}

/** Leads to the one place that has no account, or to all that need someone. */
function MapFix({ reason }: { reason: Reason }) {
  const links = usePageLinks();
  const waiting = useWaitingPlaces();
  const empty = reason === Reason.UNMAPPED ? waiting.flatMap(({ slot }) => (slot === undefined ? [] : [slot])) : [];
  const href = links.href("configuration", mendSearch(empty));
  return href === undefined ? null : (
    <Button size="xs" component="a" href={href} onClick={links.follow}>
      {texts.map}
    </Button>
  );
}

/** An import brings deleted accounts back, and releases what waited for them. */
function ImportFix() {
  const mayManage = useMayManage();
  const importing = useImport();
  const run = async () => {
    await importing.start();
    notifications.show({ message: texts.imported });
  };
  return (
    <Button size="xs" loading={importing.running} disabled={!mayManage} onClick={() => void run()}>
      {texts.import}
    </Button>
  );
}

function OpenDayFix({ reason }: { reason: Reason }) {
  const retailerId = useRetailer();
  const mayManage = useMayManage();
  const retry = useRetry();
  const [asking, dialog] = useDisclosure(false);
  const approve = () => retry.mutate({ retailerId, reason, postOnFirstOpenDay: true }, { onSuccess: dialog.close });
  return (
    <>
      <Button size="xs" disabled={!mayManage} onClick={dialog.open}>
        {texts.openDay}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={texts.openDayTitle}
        confirm={texts.openDay}
        busy={retry.isPending}
        error={retry.error}
        onConfirm={approve}
        onClose={dialog.close}
      >
        <Text>{texts.openDayText}</Text>
      </ConfirmDialog>
    </>
  );
}

/** The places without an account that events wait for, those that hold up the most first. */
function useWaitingPlaces() {
  const retailerId = useRetailer();
  const { data } = useQuery(FinancialService.method.listMappings, { retailerId, missingOnly: true, pageSize: 1_000 });
  const waiting = (data?.slots ?? []).filter((use) => use.waitingEventCount > 0n);
  return waiting.sort((a, b) => Number(b.waitingEventCount - a.waitingEventCount));
}

function Places() {
  const waiting = useWaitingPlaces();
  if (waiting.length === 0) {
    return null;
  }
  const names = waiting.slice(0, placesNamed).flatMap(({ slot }) => (slot === undefined ? [] : [slotName(slot)]));
  return <strong>{texts.places(names, waiting.length - names.length)}.</strong>;
}
