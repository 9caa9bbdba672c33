// The import of accounts with its progress.
import { useQueryClient } from "@tanstack/react-query";
import { importAccounts } from "@tillpost/client";
import { FinancialService } from "@tillpost/client/financial";
import { type ImportProgress, type ImportSummary, IntegrationService } from "@tillpost/client/integration";
import { useEffect, useRef, useState } from "react";
import { useTillpost } from "../../../api/context.js";
import { refresh } from "../../../api/queries.js";
import { useRetailer } from "../../../shell/retailer.js";

interface ImportState {
  readonly running: boolean;
  readonly progress: ImportProgress | undefined;
  readonly summary: ImportSummary | undefined;
  readonly error: unknown;
}

const idle: ImportState = { running: false, progress: undefined, summary: undefined, error: undefined };

export interface Importing extends ImportState {
  /** Resolves to what it changed; to nothing where it failed, which `error` tells. */
  start(): Promise<ImportSummary | undefined>;
  forget(): void;
}

export function useImport(): Importing {
  const tillpost = useTillpost();
  const retailer = useRetailer();
  const queries = useQueryClient();
  const [state, setState] = useState(idle);
  const leaving = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => leaving.current?.abort(), []);
  const start = async () => {
    leaving.current = new AbortController();
    const { signal } = leaving.current;
    setState({ ...idle, running: true });
    try {
      const onProgress = (progress: ImportProgress) => setState({ ...idle, running: true, progress });
      const summary = await importAccounts(tillpost, retailer, onProgress, { signal });
      setState({ ...idle, summary });
      const { listAccounts, listMappings, suggestMappings } = FinancialService.method;
      await refresh(queries, IntegrationService.method.getConnection, listAccounts, listMappings, suggestMappings);
      return summary;
    } catch (error) {
      if (!signal.aborted) {
        setState({ ...idle, error });
      }
      return undefined;
    }
  };
  return { ...state, start, forget: () => setState(idle) };
}
