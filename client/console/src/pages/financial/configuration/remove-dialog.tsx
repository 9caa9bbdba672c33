import { useMutation } from "@connectrpc/connect-query";
import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { FinancialService } from "@tillpost/client/financial";
import { businessDate } from "../../../format/dates.js";
import { ConfirmDialog } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import { configurationTexts, placeName } from "../../../texts/configuration.js";
import { useMappingChanged } from "./actions.js";
import { Effect, useEffectOf } from "./effect.js";
import type { Place } from "./words.js";

const texts = configurationTexts.editor;

/** Takes a place's account away, after it has said what that does. */
export function RemoveDialog({ place, onClose, onDone }: { place: Place; onClose(): void; onDone(): void }) {
  const retailerId = useRetailer();
  const changed = useMappingChanged();
  const effect = useEffectOf({ place, accountId: "", effectiveDate: "" }, true);
  const unmap = useMutation(FinancialService.method.unmapEvent, {
    onSuccess: async ({ effectiveDate }) => {
      notifications.show({ message: texts.removed(placeName(place), businessDate(effectiveDate)) });
      onDone();
      await changed();
    },
  });
  return (
    <ConfirmDialog
      opened
      danger
      title={texts.removeTitle(placeName(place))}
      confirm={texts.removeConfirm}
      busy={unmap.isPending}
      error={unmap.error}
      onConfirm={() => unmap.mutate({ retailerId, slot: place })}
      onClose={onClose}
    >
      <Text>{texts.removeText}</Text>
      <Effect query={effect} />
    </ConfirmDialog>
  );
}
