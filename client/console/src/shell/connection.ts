// Where the connection stands, in one word with its tone: from the live status and the connection itself.
import { useQuery } from "@connectrpc/connect-query";
import { ConnectionHealth, type SyncStatus } from "@tillpost/client/financial";
import { type Connection, Connection_State, IntegrationService } from "@tillpost/client/integration";
import type { Tone } from "../parts/state-badge.js";
import { useRetailer } from "./retailer.js";

export type ConnectionWord = "loading" | "not-connected" | "good" | "retrying" | "reauthorize" | "paused";

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
      return status.syncStarted ? "good" : "paused";
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
      return connection.syncStarted ? "good" : "paused";
    default:
      return "loading";
  }
}

export const connectionTones: Record<ConnectionWord, Tone> = {
  loading: "quiet",
  "not-connected": "quiet",
  good: "good",
  retrying: "warn",
  reauthorize: "bad",
  paused: "warn",
};
