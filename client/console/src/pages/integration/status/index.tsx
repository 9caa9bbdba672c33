// Integrations > QuickBooks Online > Status: the connection, the first steps, import, sync.
import { Button, Stack } from "@mantine/core";
import { type Connection, Connection_State } from "@tillpost/client/integration";
import { useMayManage } from "../../../api/context.js";
import { ErrorNotice } from "../../../parts/index.js";
import { connectionWord, useConnection } from "../../../shell/connection.js";
import { usePageLinks } from "../../../shell/links.js";
import { useLiveStatus } from "../../../shell/live-status.js";
import { useRetailer } from "../../../shell/retailer.js";
import { statusTexts } from "../../../texts/status.js";
import { Checklist } from "./checklist.js";
import { ConnectionCard, ConnectOutcome, RenewSoon } from "./connection-card.js";
import { DisconnectCard } from "./disconnect-card.js";
import { ImportCard, ImportOutcome, ImportProgress } from "./import-card.js";
import { PastEventsCard } from "./past-events/card.js";
import classes from "./status.module.css";
import { SyncCard, useStartSync } from "./sync-card.js";
import { useConnect } from "./use-connect.js";
import { type Importing, useImport } from "./use-import.js";

export default function StatusPage() {
  const { status } = useLiveStatus();
  const query = useConnection();
  const connecting = useConnect();
  const importing = useImport();
  const connection = query.data?.connection;
  const word = connectionWord(status, connection);
  const connected = word !== "not-connected" && word !== "reauthorize" && word !== "loading";
  const newcomer = connection !== undefined && connection.syncStartTime === undefined;
  return (
    <Stack gap="md">
      {query.error && connection === undefined && (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      )}
      <ConnectOutcome connecting={connecting} />
      <ConnectionCard word={word} connection={connection} summary={status?.summary ?? ""} connecting={connecting} />
      {connected && <RenewSoon connection={connection} connecting={connecting} />}
      {newcomer && (
        <FirstSteps connection={connection} recorded={status?.totalCount} connected={connected} importing={importing} />
      )}
      {connection !== undefined && !newcomer && (connected || connection.realmId !== "") && (
        <div className={classes.cards}>
          {connected && <ImportCard importing={importing} />}
          <SyncCard connection={connection} status={status} connected={connected} />
        </div>
      )}
      {connection !== undefined && !newcomer && (connected || connection.realmId !== "") && (
        <PastEventsCard status={status} currency={connection.homeCurrencyCode} connected={connected} />
      )}
      {connection !== undefined && connection.state !== Connection_State.NOT_CONNECTED && (
        <DisconnectCard company={connection.companyName} />
      )}
    </Stack>
  );
}

interface FirstStepsProps {
  readonly connection: Connection;
  readonly recorded: bigint | undefined;
  readonly connected: boolean;
  readonly importing: Importing;
}

/** The checklist with its buttons; how the import and the start went is told at their steps. */
function FirstSteps({ connection, recorded, connected, importing }: FirstStepsProps) {
  const retailerId = useRetailer();
  const mayManage = useMayManage();
  const links = usePageLinks();
  const start = useStartSync();
  const begin = () => start.mutate({ retailerId });
  return (
    <Checklist
      connection={connection}
      recorded={recorded}
      actions={{
        import: (variant) =>
          connected && (
            <Button
              variant={variant}
              loading={importing.running}
              disabled={!mayManage}
              onClick={() => void importing.start()}
            >
              {statusTexts.import.action}
            </Button>
          ),
        map: (variant) => (
          <Button variant={variant} component="a" href={links.href("configuration")} onClick={links.follow}>
            {statusTexts.checklist.mapAction}
          </Button>
        ),
        start: (variant) => (
          <Button variant={variant} loading={start.isPending} disabled={!mayManage} onClick={begin}>
            {statusTexts.sync.start}
          </Button>
        ),
      }}
      notes={{
        import: connected && <ImportNote importing={importing} />,
        start: start.error && <ErrorNotice error={start.error} onRetry={begin} onDismiss={start.reset} />,
      }}
    />
  );
}

function ImportNote({ importing }: { importing: Importing }) {
  return importing.running ? <ImportProgress importing={importing} /> : <ImportOutcome importing={importing} />;
}
