// Pause, resume and cancel.
import { useMutation } from "@connectrpc/connect-query";
import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { type Backfill, Backfill_State } from "@tillpost/client/financial";
import { IntegrationService } from "@tillpost/client/integration";
import { useMayManage } from "../../../../api/context.js";
import { refresh } from "../../../../api/queries.js";
import { ConfirmDialog, ErrorNotice } from "../../../../parts/index.js";
import { useRetailer } from "../../../../shell/retailer.js";
import { pastTexts } from "../../../../texts/past-events.js";

const { cancelBackfill, listBackfills, pauseBackfill, resumeBackfill } = IntegrationService.method;

export function BackfillActions({ backfill }: { backfill: Backfill }) {
  const mayManage = useMayManage();
  const queries = useQueryClient();
  const named = { retailerId: useRetailer(), backfillId: backfill.backfillId };
  // One that has ended meanwhile is shown as it is.
  const look = () => refresh(queries, listBackfills);
  const pause = useMutation(pauseBackfill, { onSettled: look });
  const resume = useMutation(resumeBackfill, { onSettled: look });
  const paused = backfill.state === Backfill_State.PAUSED;
  const change = paused ? resume : pause;
  return (
    <>
      <Group gap="sm">
        <Button
          variant={paused ? "filled" : "default"}
          disabled={!mayManage}
          loading={change.isPending}
          onClick={() => change.mutate(named)}
        >
          {paused ? pastTexts.resume : pastTexts.pause}
        </Button>
        <CancelButton backfill={backfill} />
      </Group>
      {change.error && (
        <ErrorNotice error={change.error} onRetry={() => change.mutate(named)} onDismiss={change.reset} />
      )}
    </>
  );
}

function CancelButton({ backfill }: { backfill: Backfill }) {
  const mayManage = useMayManage();
  const retailerId = useRetailer();
  const queries = useQueryClient();
  const [asking, dialog] = useDisclosure(false);
  const texts = pastTexts.cancel;
  const cancel = useMutation(cancelBackfill, {
    onSuccess: () => {
      dialog.close();
      notifications.show({ message: texts.done });
    },
    onSettled: () => refresh(queries, listBackfills),
  });
  const ask = () => {
    cancel.reset();
    dialog.open();
  };
  return (
    <>
      <Button variant="default" c="var(--mantine-color-error)" disabled={!mayManage} onClick={ask}>
        {texts.action}
      </Button>
      <ConfirmDialog
        opened={asking}
        danger
        title={texts.title}
        confirm={texts.confirm}
        keep={texts.keep}
        busy={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate({ retailerId, backfillId: backfill.backfillId })}
        onClose={dialog.close}
      >
        <Text>{texts.keeps(backfill.bookedCount)}</Text>
        <Text>{texts.drops(backfill.remainingCount)}</Text>
      </ConfirmDialog>
    </>
  );
}
