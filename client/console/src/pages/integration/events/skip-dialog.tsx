import { Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { ConfirmDialog } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import { eventsTexts } from "../../../texts/events.js";
import { useSkip } from "./actions.js";

const texts = eventsTexts.skip;

/** Skip with a reason, which the history keeps. */
export function SkipDialog(props: { eventIds: readonly string[]; onClose(): void; onDone?(): void }) {
  const retailerId = useRetailer();
  const [note, setNote] = useState("");
  const skip = useSkip();
  const confirm = () => {
    const onSuccess = () => {
      props.onDone?.();
      props.onClose();
    };
    skip.mutate({ retailerId, eventIds: [...props.eventIds], note: note.trim() }, { onSuccess });
  };
  return (
    <ConfirmDialog
      opened
      title={texts.title(props.eventIds.length)}
      confirm={texts.confirm}
      busy={skip.isPending}
      disabled={note.trim() === ""}
      error={skip.error}
      onConfirm={confirm}
      onClose={props.onClose}
    >
      <Text>{texts.text}</Text>
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
