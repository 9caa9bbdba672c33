// Where the connection stands, in one word with its tone: from the live status and the connection itself.
import { useQuery } from "@connectrpc/connect-query";
import { ConnectionHealth, type SyncStatus } from "@tillpost/client/financial";
import { type Connection, Connection_State, IntegrationService } from "@tillpost/client/integration";
import type { Tone } from "../parts/state-badge.js";
import { useRetailer } from "./retailer.js";

export type ConnectionWord =
  | "loading"
  | "not-connected"
  | "not-started"
  | "good"
  | "retrying"
  | "reauthorize"
  | "paused";

/** The retailer's connection; it is read again whenever the live status says that it has changed. */
export function useConnection() {
  const retailerId = useRetailer();
  return useQuery(IntegrationService.method.getConnection, { retailerId }, { enabled: retailerId !== "" });
}

/** Judges the connection. The live status counts for more: it is newer. */
export function connectionWord(status: SyncStatus | undefined, connection: Connection | undefined): ConnectionWord {
  switch (status?.connectionHealth) {
    case ConnectionHealth.NOT_CONNECTED:
      return "not-connected";
    case ConnectionHealth.REAUTHORIZATION_REQUIRED:
      return "reauthorize";
    case ConnectionHealth.RETRYING:
      return "retrying";
    case ConnectionHealth.GOOD:
      return status.syncStarted ? "good" : stillOf(connection);
    default:
      return wordOf(connection);
  }
}

function wordOf(connection: Connection | undefined): ConnectionWord {
  switch (connection?.state) {
    case Connection_State.NOT_CONNECTED:
      return "not-connected";
    case Connection_State.REAUTHORIZATION_REQUIRED:
      return "reauthorize";
    case Connection_State.CONNECTED:
      return connection.syncStarted ? "good" : stillOf(connection);
    default:
      return "loading";
  }
}

/** Why nothing is posted: sync was paused, or has never been started. */
function stillOf(connection: Connection | undefined): ConnectionWord {
  return connection !== undefined && connection.syncStartTime === undefined ? "not-started" : "paused";
}

export const connectionTones: Record<ConnectionWord, Tone> = {
  loading: "quiet",
  "not-connected": "quiet",
  "not-started": "busy",
  good: "good",
  retrying: "warn",
  reauthorize: "bad",
  paused: "warn",
};
