// Lets sales be out of balance by a few cents.
import { useMutation, useQuery } from "@connectrpc/connect-query";
import { Button, NumberInput, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { FinancialService } from "@tillpost/client/financial";
import { IntegrationService } from "@tillpost/client/integration";
import { useState } from "react";
import { useMayManage } from "../../../api/context.js";
import { refresh } from "../../../api/queries.js";
import { ConfirmDialog } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import { eventsTexts } from "../../../texts/events.js";

const texts = eventsTexts.causes;
const { getSettings, updateSettings } = IntegrationService.method;
/** The most that the API allows, in minor units. */
const maxLimit = 100;

export function RoundingFix() {
  const mayManage = useMayManage();
  const [asking, dialog] = useDisclosure(false);
  return (
    <>
      <Button size="xs" disabled={!mayManage} onClick={dialog.open}>
        {texts.rounding}
      </Button>
      {asking && <RoundingDialog onClose={dialog.close} />}
    </>
  );
}

function RoundingDialog({ onClose }: { onClose(): void }) {
  const retailerId = useRetailer();
  const queries = useQueryClient();
  const settings = useQuery(getSettings, { retailerId });
  const [typed, setTyped] = useState<number | undefined>(undefined);
  const now = Number(settings.data?.settings?.roundingLimit ?? 0n);
  const limit = typed ?? now;
  const update = useMutation(updateSettings, {
    onSuccess: async () => {
      notifications.show({ message: texts.roundingDone });
      onClose();
      await refresh(queries, getSettings, FinancialService.method.listEvents);
    },
  });
  const save = () =>
    update.mutate({
      retailerId,
      settings: { roundingLimit: BigInt(limit) },
      updateMask: { paths: ["rounding_limit"] },
    });
  return (
    <ConfirmDialog
      opened
      title={texts.roundingTitle}
      confirm={texts.rounding}
      busy={update.isPending}
      disabled={settings.data === undefined || limit === now}
      error={update.error ?? settings.error}
      onConfirm={save}
      onClose={onClose}
    >
      <Text>{texts.roundingText}</Text>
      <NumberInput
        label={texts.roundingLimit}
        description={texts.roundingHint}
        min={0}
        max={maxLimit}
        clampBehavior="strict"
        allowDecimal={false}
        allowNegative={false}
        value={limit}
        onChange={(value) => setTyped(Number(value))}
      />
    </ConfirmDialog>
  );
}
