import { useMutation } from "@connectrpc/connect-query";
import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import type { SyncStatus } from "@tillpost/client/financial";
import { type Connection, IntegrationService } from "@tillpost/client/integration";
import { useMayManage } from "../../../api/context.js";
import { refresh } from "../../../api/queries.js";
import { count } from "../../../format/counts.js";
import { fromNow } from "../../../format/dates.js";
import { Card, ConfirmDialog, ErrorNotice } from "../../../parts/index.js";
import { usePageLinks } from "../../../shell/links.js";
import { useRetailer } from "../../../shell/retailer.js";
import { tally } from "../../../shell/tally.js";
import { statusTexts } from "../../../texts/status.js";
import classes from "./status.module.css";

const texts = statusTexts.sync;
const { getConnection, pauseSync, startSync } = IntegrationService.method;

/** Start Sync as a mutation that has the connection read again. */
export function useStartSync() {
  const queries = useQueryClient();
  return useMutation(startSync, { onSuccess: () => refresh(queries, getConnection) });
}

/** Start, pause, and the numbers at a glance. */
export function SyncCard(props: { connection: Connection; status: SyncStatus | undefined; connected: boolean }) {
  const { connection, status, connected } = props;
  const retailerId = useRetailer();
  const queries = useQueryClient();
  const mayManage = useMayManage();
  const start = useStartSync();
  const pause = useMutation(pauseSync, { onSuccess: () => refresh(queries, getConnection) });
  const [pausing, pauseDialog] = useDisclosure(false);
  const running = status?.syncStarted ?? connection.syncStarted;
  const startedBefore = connection.syncStartTime !== undefined;
  const lead = running
    ? texts.running(fromNow(status?.lastSyncedTime))
    : startedBefore
      ? texts.paused
      : texts.neverStarted;
  const stop = () => pause.mutate({ retailerId }, { onSuccess: pauseDialog.close });
  return (
    <Card label={texts.title}>
      <h2 className={classes.cardTitle}>{texts.title}</h2>
      <p className={classes.lead}>{lead}</p>
      <Figures status={status} />
      <Stack gap="md">
        {start.error && <ErrorNotice error={start.error} onRetry={() => start.mutate({ retailerId })} />}
        <Group gap="sm">
          {running ? (
            <Button variant="default" disabled={!mayManage} onClick={pauseDialog.open}>
              {texts.pause}
            </Button>
          ) : (
            <Button
              disabled={!mayManage || !connected}
              loading={start.isPending}
              onClick={() => start.mutate({ retailerId })}
            >
              {startedBefore ? texts.resume : texts.start}
            </Button>
          )}
        </Group>
        {!connected && <Text className={classes.hint}>{texts.needsConnection}</Text>}
      </Stack>
      <ConfirmDialog
        opened={pausing}
        title={texts.pauseTitle}
        confirm={texts.pause}
        busy={pause.isPending}
        error={pause.error}
        onConfirm={stop}
        onClose={pauseDialog.close}
      >
        <Text>{texts.pauseText}</Text>
      </ConfirmDialog>
    </Card>
  );
}

function Figures({ status }: { status: SyncStatus | undefined }) {
  const links = usePageLinks();
  const sums = tally(status);
  const figures = [
    { label: texts.synced, n: sums?.synced, show: "synced" },
    { label: texts.waiting, n: sums?.waiting, show: "waiting" },
    { label: texts.errors, n: sums?.errors, show: "error" },
    { label: texts.past, n: sums?.past, show: "never-synced" },
  ];
  return (
    <dl className={classes.figures}>
      {figures.map(({ label, n, show }) => (
        <div key={show}>
          <dt>{label}</dt>
          <dd>
            {n === undefined ? (
              "–"
            ) : (
              <Anchor href={links.href("events", { state: show }) ?? ""} onClick={links.follow} c="inherit" inherit>
                {count(n)}
              </Anchor>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
