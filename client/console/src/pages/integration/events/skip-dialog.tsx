import { Text, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { Reason } from "@tillpost/client/financial";
import { useState } from "react";
import { ConfirmDialog } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import type { Cause } from "../../../shell/tally.js";
import { eventsTexts, reasonTexts } from "../../../texts/events.js";
import { useSkip, useWaitingIds } from "./actions.js";

const texts = eventsTexts.skip;

interface SkipDialogProps {
  /** These events, or all that wait for a cause. */
  readonly which: { readonly eventIds: readonly string[] } | { readonly cause: Cause };
  onClose(): void;
  onDone?(): void;
}

/** Skip with a reason, which the history keeps. */
export function SkipDialog({ which, onClose, onDone }: SkipDialogProps) {
  const [note, setNote] = useState("");
  const skip = useSkipWhich(which, note.trim());
  const onSuccess = () => {
    onDone?.();
    onClose();
  };
  return (
    <ConfirmDialog
      opened
      title={"cause" in which ? texts.allTitle(which.cause.count) : texts.title(which.eventIds.length)}
      confirm={"cause" in which ? texts.all(which.cause.count) : texts.confirm}
      busy={skip.isPending}
      disabled={note.trim() === ""}
      error={skip.error}
      onConfirm={() => skip.mutate(undefined, { onSuccess })}
      onClose={onClose}
    >
      <Text>{"cause" in which ? texts.allText(titleOf(which.cause.reason)) : texts.text}</Text>
      <Textarea
        label={texts.reason}
        description={texts.reasonHint}
        required
        data-autofocus
        maxLength={500}
        rows={3}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}

/** Skips by ids where it can, so that the very same events can be put back; a cause with very many is skipped as such. */
function useSkipWhich(which: SkipDialogProps["which"], note: string) {
  const retailerId = useRetailer();
  const skip = useSkip();
  const waitingIds = useWaitingIds();
  return useMutation({
    mutationFn: async () => {
      if ("cause" in which) {
        const { reason } = which.cause;
        return skip.mutateAsync({ retailerId, reason, eventIds: await waitingIds(reason), note });
      }
      return skip.mutateAsync({ retailerId, eventIds: [...which.eventIds], note });
    },
  });
}

function titleOf(reason: Reason): string {
  return reasonTexts[reason].title;
}
