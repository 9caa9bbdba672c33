// The one button that fixes a cause: for all events that wait for it, and for one in its drawer.
import { Box, Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { Reason, type Slot } from "@tillpost/client/financial";
import { useMayManage } from "../../../api/context.js";
import { ConfirmDialog, ErrorNotice } from "../../../parts/index.js";
import { usePageLinks } from "../../../shell/links.js";
import { useRetailer } from "../../../shell/retailer.js";
import { eventsTexts } from "../../../texts/events.js";
import { statusTexts } from "../../../texts/status.js";
import { mendSearch } from "../../financial/configuration/words.js";
import { ImportProgress, summaryText } from "../status/import-card.js";
import { useImport } from "../status/use-import.js";
import { useRetry } from "./actions.js";
import { RoundingFix } from "./rounding-fix.js";

const texts = eventsTexts.causes;

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

interface FixProps {
  readonly reason: Reason;
  /** The events that are meant, where it is not all that wait for the reason. */
  readonly eventIds?: readonly string[];
  /** The places without an account that they wait for. */
  readonly places: readonly Slot[];
}

/** Nothing where only looking, skipping or trying again is left. */
export function Fix({ reason, eventIds, places }: FixProps) {
  switch (fixOf(reason)) {
    case "map":
      return <MapFix places={reason === Reason.UNMAPPED ? places : []} />;
    case "import":
      return <ImportFix />;
    case "open-day":
      return <OpenDayFix which={eventIds === undefined ? { reason } : { eventIds: [...eventIds] }} />;
    case "rounding":
      return <RoundingFix />;
    default:
      return null;
  }
}

/** Leads to the one place that has no account, or to all that need someone. */
function MapFix({ places }: { places: readonly Slot[] }) {
  const links = usePageLinks();
  const href = links.href("configuration", mendSearch(places));
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
    const summary = await importing.start();
    if (summary !== undefined) {
      notifications.show({ title: statusTexts.import.doneTitle(summary.totalCount), message: summaryText(summary) });
    }
  };
  return (
    <>
      <Button size="xs" loading={importing.running} disabled={!mayManage} onClick={() => void run()}>
        {texts.import}
      </Button>
      {(importing.running || importing.error !== undefined) && (
        <Box w="100%">
          {importing.running && <ImportProgress importing={importing} />}
          {importing.error !== undefined && (
            <ErrorNotice error={importing.error} onRetry={() => void run()} onDismiss={importing.forget} />
          )}
        </Box>
      )}
    </>
  );
}

function OpenDayFix({ which }: { which: { reason: Reason } | { eventIds: string[] } }) {
  const retailerId = useRetailer();
  const mayManage = useMayManage();
  const retry = useRetry();
  const [asking, dialog] = useDisclosure(false);
  const approve = () => retry.mutate({ retailerId, ...which, postOnFirstOpenDay: true }, { onSuccess: dialog.close });
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
        <Text>{texts.openDayText("reason" in which)}</Text>
      </ConfirmDialog>
    </>
  );
}
