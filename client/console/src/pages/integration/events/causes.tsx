// Errors by cause, each with the one button that fixes it.
import { useQuery } from "@connectrpc/connect-query";
import { Button, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { FinancialService, Reason, type SlotUse } from "@tillpost/client/financial";
import { useMayManage } from "../../../api/context.js";
import { Card, ErrorNotice } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import type { Search } from "../../../shell/search.js";
import type { Cause } from "../../../shell/tally.js";
import { eventsTexts, reasonTexts, slotName } from "../../../texts/events.js";
import { useRetry } from "./actions.js";
import classes from "./events.module.css";
import { wordOfReason } from "./filters.js";
import { Fix, fixOf } from "./fixes.js";
import { SkipDialog } from "./skip-dialog.js";

const texts = eventsTexts.causes;
/** How many places a cause names before it only counts the rest. */
const placesNamed = 4;

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
  const waiting = useWaitingPlaces();
  const retryAll = () => retry.mutate({ retailerId, reason: cause.reason });
  return (
    <li className={classes.cause}>
      <div className={classes.causeText}>
        <div className={classes.causeTitle}>
          {title} <span>· {texts.events(cause.count)}</span>
        </div>
        <div className={classes.hint}>
          {hint} {cause.reason === Reason.UNMAPPED && <Places waiting={waiting} />}
        </div>
        {retry.error && <ErrorNotice error={retry.error} onRetry={retryAll} onDismiss={retry.reset} />}
      </div>
      <Group gap="xs">
        <Fix reason={cause.reason} places={waiting.flatMap(({ slot }) => (slot === undefined ? [] : [slot]))} />
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

/** The places without an account that events wait for, those that hold up the most first. */
function useWaitingPlaces() {
  const retailerId = useRetailer();
  const { data } = useQuery(FinancialService.method.listMappings, { retailerId, missingOnly: true, pageSize: 1_000 });
  const waiting = (data?.slots ?? []).filter((use) => use.waitingEventCount > 0n);
  return waiting.sort((a, b) => Number(b.waitingEventCount - a.waitingEventCount));
}

function Places({ waiting }: { waiting: readonly SlotUse[] }) {
  if (waiting.length === 0) {
    return null;
  }
  const names = waiting.slice(0, placesNamed).flatMap(({ slot }) => (slot === undefined ? [] : [slotName(slot)]));
  return <strong>{texts.places(names, waiting.length - names.length)}.</strong>;
}
