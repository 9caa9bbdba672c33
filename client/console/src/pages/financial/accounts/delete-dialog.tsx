// Delete: says what it affects, and is forced only by somebody who has read that.
import { useMutation } from "@connectrpc/connect-query";
import { Checkbox, List, Skeleton, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { type Account, FinancialService } from "@tillpost/client/financial";
import { useState } from "react";
import { refresh } from "../../../api/queries.js";
import { ConfirmDialog, ErrorNotice } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import { accountsTexts, mappingName } from "../../../texts/accounts.js";
import { type Use, useUses } from "./use-chart.js";

const texts = accountsTexts.delete;
const { deleteAccount, listAccounts, listMappings } = FinancialService.method;
/** How many mappings are named before the rest is only counted. */
const named = 8;

interface DeleteDialogProps {
  readonly account: Account;
  /** How many accounts lie directly below it. */
  readonly subAccounts: number;
  onClose(): void;
}

export function DeleteDialog({ account, subAccounts, onClose }: DeleteDialogProps) {
  const retailerId = useRetailer();
  const queries = useQueryClient();
  const [forced, setForced] = useState(false);
  const { uses, error, refetch } = useUses(account);
  const used = account.mappingCount > 0;
  const erase = useMutation(deleteAccount, {
    onSuccess: ({ affectedMappings: { length } }) => {
      const message = length === 0 ? texts.done(account.name) : texts.doneUsed(account.name, length);
      notifications.show({ message, autoClose: length === 0 ? 6_000 : 15_000 });
      onClose();
    },
    // A refusal says that a mapping uses it by now: the lists know which.
    onSettled: () => refresh(queries, listAccounts, listMappings),
  });
  return (
    <ConfirmDialog
      opened
      danger
      title={texts.title(account.name)}
      confirm={texts.confirm}
      keep={texts.keep}
      busy={erase.isPending}
      disabled={used && !forced}
      error={erase.error}
      onConfirm={() => erase.mutate({ retailerId, accountId: account.accountId, force: used })}
      onClose={onClose}
    >
      <Text>
        {texts.hides} {subAccounts > 0 && `${texts.subAccounts(subAccounts)} `}
        {texts.back}
      </Text>
      {used && (
        <>
          <div>
            <Text>{texts.used(account.mappingCount)}</Text>
            {error && uses === undefined && <ErrorNotice error={error} onRetry={() => void refetch()} />}
            {uses === undefined ? !error && <Skeleton height={48} /> : <Affected uses={uses} />}
          </div>
          <Text>{texts.instead}</Text>
          <Checkbox
            label={texts.force(account.mappingCount)}
            checked={forced}
            onChange={(event) => setForced(event.currentTarget.checked)}
          />
        </>
      )}
    </ConfirmDialog>
  );
}

function Affected({ uses }: { uses: readonly Use[] }) {
  const waiting = uses.reduce((sum, use) => sum + use.waiting, 0n);
  return (
    <>
      <List>
        {uses.slice(0, named).map(({ mapping }) => (
          <List.Item key={String(mapping.version)}>{mapping.slot && mappingName(mapping.slot)}</List.Item>
        ))}
        {uses.length > named && <List.Item>{texts.more(uses.length - named)}</List.Item>}
      </List>
      {waiting > 0n && <Text mt="xs">{texts.waiting(waiting)}</Text>}
    </>
  );
}
