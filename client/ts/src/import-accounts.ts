import { Code } from "@connectrpc/connect";
import type { ImportProgress, ImportSummary } from "../../../gen/ts/tillpost/integration/v1/integration_service_pb.js";
import { IntegrationService } from "../../../gen/ts/tillpost/integration/v1/integration_service_pb.js";
import { callOptions, describeCall } from "./call.js";
import { TillpostError } from "./error.js";
import type { Tillpost } from "./tillpost.js";

/** Told how far an import has come. What it throws ends the import. */
export type ImportProgressListener = (progress: ImportProgress) => void;

/** How an import is made. */
export interface ImportOptions {
  /** Ends the import. */
  readonly signal?: AbortSignal | undefined;
  /** How long it may take, in milliseconds; without, as long as it needs. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Imports the retailer's chart of accounts from QuickBooks, tells `onProgress` how far it has come, and resolves with what
 * has changed. A failed import may simply be made again: look at `retryable`.
 */
export async function importAccounts(
  tillpost: Tillpost,
  retailerId: string,
  onProgress?: ImportProgressListener,
  options: ImportOptions = {},
): Promise<ImportSummary> {
  let summary: ImportSummary | undefined;
  for await (const { update } of tillpost.integration.importAccounts({ retailerId }, callOptions(options))) {
    if (update.case === "progress") {
      onProgress?.(update.value);
    } else if (update.case === "summary") {
      summary = update.value;
    }
  }
  if (summary === undefined) {
    const { method } = describeCall({ method: IntegrationService.method.importAccounts, signal: undefined });
    const message = "the import ended without its summary";
    throw new TillpostError({ code: Code.DataLoss, message, method, retryable: true });
  }
  return summary;
}
