// Integrations > QuickBooks Online > Status: the connection, the first steps, import, sync.
import { Button, Stack } from "@mantine/core";
import { type Connection, Connection_State } from "@tillpost/client/integration";
import { useMayManage } from "../../../api/context.js";
import { ErrorNotice } from "../../../parts/index.js";
import { connectionWord, useConnection } from "../../../shell/connection.js";
import { useLiveStatus } from "../../../shell/live-status.js";
import { useRetailer } from "../../../shell/retailer.js";
import { statusTexts } from "../../../texts/status.js";
import { Checklist } from "./checklist.js";
import { ConnectionCard, ConnectOutcome, RenewSoon } from "./connection-card.js";
import { DisconnectCard } from "./disconnect-card.js";
import { ImportCard } from "./import-card.js";
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
        <Checklist
          connection={connection}
          actions={{ import: <ImportButton importing={importing} />, start: <StartButton /> }}
        />
      )}
      {connection !== undefined && (connected || connection.realmId !== "") && (
        <div className={classes.cards}>
          {connected && <ImportCard importing={importing} again={!newcomer || importedOnce(connection)} />}
          {!newcomer && <SyncCard connection={connection} status={status} connected={connected} />}
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

function importedOnce(connection: Connection): boolean {
  return connection.accountsImportTime !== undefined;
}

function ImportButton({ importing }: { importing: Importing }) {
  const mayManage = useMayManage();
  return (
    <Button loading={importing.running} disabled={!mayManage} onClick={() => void importing.start()}>
      {statusTexts.import.action}
    </Button>
  );
}

function StartButton() {
  const retailerId = useRetailer();
  const mayManage = useMayManage();
  const start = useStartSync();
  return (
    <Button loading={start.isPending} disabled={!mayManage} onClick={() => start.mutate({ retailerId })}>
      {statusTexts.sync.start}
    </Button>
  );
}
