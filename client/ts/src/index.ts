// The client of Tillpost: both services over one transport with the caller's token, errors by reason and safe retries in
// place, and helpers for what takes more than one call. It keeps no state of a retailer and logs nothing.
export { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
export type { CallOptions, Client, Transport } from "@connectrpc/connect";
export { Code } from "@connectrpc/connect";
export type { ConnectOutcome, ConnectPopupOptions, ConnectResult, PopupHost, PopupWindow } from "./connect-popup.js";
export { openConnectPopup } from "./connect-popup.js";
export type { ErrorReason, TillpostErrorInit, Violation } from "./error.js";
export { hasReason, TillpostError } from "./error.js";
export type { ImportOptions, ImportProgressListener } from "./import-accounts.js";
export { importAccounts } from "./import-accounts.js";
export type { GetToken, Tillpost, TillpostOptions, TokenRequest } from "./tillpost.js";
export { createTillpost } from "./tillpost.js";
export type { WatchOptions } from "./watch-sync-status.js";
export { watchSyncStatus } from "./watch-sync-status.js";
