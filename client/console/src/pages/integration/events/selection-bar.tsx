import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { EventState, type EventView } from "@tillpost/client/financial";
import { useRetailer } from "../../../shell/retailer.js";
import { eventsTexts } from "../../../texts/events.js";
import { usePutBack } from "./actions.js";
import classes from "./events.module.css";
import { RetryButton } from "./retry-button.js";
import { SkipDialog } from "./skip-dialog.js";

const texts = eventsTexts.selection;

/** What can be done with the selected events, at the foot of the window. */
export function SelectionBar({ selected, clear }: { selected: readonly EventView[]; clear(): void }) {
  const retailerId = useRetailer();
  const unskip = usePutBack();
  const [skipping, dialog] = useDisclosure(false);
  if (selected.length === 0) {
    return null;
  }
  const idsIn = (test: (state: EventState) => boolean) =>
    selected.filter((row) => test(row.state)).flatMap((row) => (row.event ? [row.event.eventId] : []));
  const failed = selected.filter(({ state }) => state === EventState.ACTION_REQUIRED);
  const skipped = idsIn((state) => state === EventState.SKIPPED);
  const open = idsIn((state) => state !== EventState.SKIPPED && state !== EventState.NOTHING_TO_POST);
  return (
    <section className={classes.selection} aria-label={texts.chosen(selected.length)}>
      <span role="status">{texts.chosen(selected.length)}</span>
      {failed.length > 0 && <RetryButton events={failed} onDone={clear} />}
      {open.length > 0 && (
        <Button size="xs" variant="default" onClick={dialog.open}>
          {texts.skip}
        </Button>
      )}
      {skipped.length > 0 && (
        <Button
          size="xs"
          variant="default"
          loading={unskip.isPending}
          onClick={() =>
            unskip.mutate(
              { retailerId, eventIds: skipped, note: eventsTexts.skip.undoNote, unskip: true },
              { onSuccess: clear },
            )
          }
        >
          {texts.unskip}
        </Button>
      )}
      <Button size="xs" variant="subtle" onClick={clear}>
        {texts.clear}
      </Button>
      {skipping && <SkipDialog which={{ eventIds: open }} onClose={dialog.close} onDone={clear} />}
    </section>
  );
}
