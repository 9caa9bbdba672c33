// Sync Past Events: counts first, then starts to post.
import { useMutation, useQuery } from "@connectrpc/connect-query";
import { Button, Group, Modal, Radio, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import {
  IntegrationService,
  SyncPastEventsRequest_OpeningStock as OpeningStock,
  type SyncPastEventsRequest_OpeningStock,
  type SyncPastEventsResponse,
} from "@tillpost/client/integration";
import { useState } from "react";
import { refresh } from "../../../../api/queries.js";
import { count } from "../../../../format/counts.js";
import { businessDates } from "../../../../format/dates.js";
import { money } from "../../../../format/money.js";
import { ErrorNotice, Notice } from "../../../../parts/index.js";
import { useRetailer } from "../../../../shell/retailer.js";
import { kindNames } from "../../../../texts/events.js";
import { partTexts } from "../../../../texts/parts.js";
import { pastTexts } from "../../../../texts/past-events.js";
import classes from "../status.module.css";

const texts = pastTexts.dialog;
const { listBackfills, syncPastEvents } = IntegrationService.method;

export function PastEventsDialog({ currency, onClose }: { currency: string; onClose(): void }) {
  const retailerId = useRetailer();
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [openingStock, setOpeningStock] = useState<SyncPastEventsRequest_OpeningStock>(OpeningStock.UNSPECIFIED);
  const range = { retailerId, fromBusinessDate: from, toBusinessDate: to, openingStock };
  const preview = useQuery(
    syncPastEvents,
    { ...range, preview: true },
    { staleTime: 0, placeholderData: (old) => old },
  );
  const queries = useQueryClient();
  const post = useMutation(syncPastEvents, {
    onSuccess: async ({ eventCount }) => {
      notifications.show({ message: texts.done(eventCount) });
      await refresh(queries, listBackfills);
      onClose();
    },
  });
  const counted = preview.data;
  const undecided = counted?.openingStockUndecided === true && openingStock === OpeningStock.UNSPECIFIED;
  const ready = counted !== undefined && counted.eventCount > 0n && !undecided && !preview.isFetching;
  return (
    <Modal
      opened
      onClose={onClose}
      title={texts.title}
      size="lg"
      closeButtonProps={{ "aria-label": partTexts.confirm.close }}
    >
      <Stack gap="md">
        <Text c="dimmed">{texts.lead}</Text>
        <Group grow>
          <TextInput type="date" label={texts.from} value={from} onChange={(e) => setFrom(e.currentTarget.value)} />
          <TextInput type="date" label={texts.to} value={to} onChange={(e) => setTo(e.currentTarget.value)} />
        </Group>
        {preview.error && <ErrorNotice error={preview.error} onRetry={() => void preview.refetch()} />}
        {counted === undefined ? preview.isFetching && <Text c="dimmed">{texts.counting}</Text> : null}
        {counted !== undefined && <Preview counted={counted} currency={currency} />}
        {counted !== undefined && counted.openingStockEventCount > 0n && (
          <Stack gap="xs">
            <Notice tone="warn" title={texts.stockTitle}>
              {texts.stock(
                counted.openingStockEventCount,
                money(counted.openingStockAmount, currency),
                money(counted.inventoryBalance, currency),
              )}
            </Notice>
            <Radio.Group
              aria-label={texts.stockTitle}
              value={String(openingStock)}
              onChange={(value) => setOpeningStock(Number(value))}
            >
              <Stack gap="xs">
                <Radio value={String(OpeningStock.SKIP)} label={texts.stockSkip} />
                <Radio value={String(OpeningStock.POST)} label={texts.stockPost} />
              </Stack>
            </Radio.Group>
          </Stack>
        )}
        {post.error && <ErrorNotice error={post.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {partTexts.confirm.cancel}
          </Button>
          <Button disabled={!ready} loading={post.isPending} onClick={() => post.mutate({ ...range, preview: false })}>
            {counted === undefined || counted.eventCount === 0n ? texts.action : texts.confirm(counted.eventCount)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Preview({ counted, currency }: { counted: SyncPastEventsResponse; currency: string }) {
  if (counted.kinds.length === 0) {
    return <Text>{texts.none}</Text>;
  }
  return (
    <table className={classes.kinds} aria-label={texts.label}>
      <thead>
        <tr>
          <th scope="col">{texts.columns.kind}</th>
          <th scope="col">{texts.columns.dates}</th>
          <th scope="col" className={classes.end}>
            {texts.columns.events}
          </th>
          <th scope="col" className={classes.end}>
            {texts.columns.total}
          </th>
        </tr>
      </thead>
      <tbody>
        {counted.kinds.map((kind) => (
          <tr key={kind.kind}>
            <td>{kindNames[kind.kind]}</td>
            <td>{businessDates(kind.firstBusinessDate, kind.lastBusinessDate)}</td>
            <td className={classes.end}>{count(kind.eventCount)}</td>
            <td className={classes.end}>{money(kind.totalAmount, currency)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <td colSpan={2}>{texts.total}</td>
          <td className={classes.end}>{count(counted.eventCount)}</td>
          <td />
        </tr>
      </tfoot>
    </table>
  );
}
