import { Button, type ButtonProps, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type EventView, Reason } from "@tillpost/client/financial";
import { useMayManage } from "../../../api/context.js";
import { ConfirmDialog, ErrorNotice } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import { eventsTexts } from "../../../texts/events.js";
import { useRetry } from "./actions.js";

const texts = eventsTexts.retry;

interface RetryButtonProps extends Pick<ButtonProps, "variant"> {
  /** The events to try again; each needs someone. */
  readonly events: readonly EventView[];
  onDone?(): void;
}

/** Tries events again. Where one may be booked in a former company already, it asks first: only a person can look there. */
export function RetryButton({ events, onDone, variant = "filled" }: RetryButtonProps) {
  const retailerId = useRetailer();
  const mayManage = useMayManage();
  const retry = useRetry();
  const [asking, dialog] = useDisclosure(false);
  const doubtful = events.filter(({ problem }) => problem?.reason === Reason.OUTCOME_LOST).length;
  const eventIds = events.flatMap(({ event }) => (event ? [event.eventId] : []));
  const onSuccess = () => {
    dialog.close();
    onDone?.();
  };
  const run = () => retry.mutate({ retailerId, eventIds }, { onSuccess });
  return (
    <>
      <Button
        size="xs"
        variant={variant}
        disabled={!mayManage}
        loading={retry.isPending}
        onClick={doubtful > 0 ? dialog.open : run}
      >
        {texts.retry}
      </Button>
      {doubtful === 0 && retry.error && <ErrorNotice error={retry.error} />}
      <ConfirmDialog
        opened={asking}
        danger
        title={texts.doubtTitle(doubtful)}
        confirm={texts.doubtConfirm}
        busy={retry.isPending}
        error={retry.error}
        onConfirm={run}
        onClose={dialog.close}
      >
        <Text>{texts.doubtText(doubtful)}</Text>
      </ConfirmDialog>
    </>
  );
}
