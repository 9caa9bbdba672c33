import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { partTexts } from "../texts/parts.js";
import { ErrorNotice } from "./notice.js";

interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly title: string;
  readonly children: ReactNode;
  /** What the button does, as a verb: "Disconnect". */
  readonly confirm: string;
  /** The safe way out, where "Cancel" could be taken for the action. */
  readonly keep?: string;
  /** Dangerous actions are red; the safe way out has the focus. */
  readonly danger?: boolean;
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly error?: unknown;
  onConfirm(): void;
  onClose(): void;
}

/** Asks before something that is hard to take back, and says what it does and what it keeps. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ "aria-label": partTexts.confirm.close }}
    >
      <Stack gap="md">
        {props.children}
        {props.error !== undefined && props.error !== null && <ErrorNotice error={props.error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={props.onClose} data-autofocus={props.danger || undefined}>
            {props.keep ?? partTexts.confirm.cancel}
          </Button>
          <Button
            {...(props.danger && { color: "#b42318" })}
            loading={props.busy ?? false}
            disabled={props.disabled ?? false}
            onClick={props.onConfirm}
          >
            {props.confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
