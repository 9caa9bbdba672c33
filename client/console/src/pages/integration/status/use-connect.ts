// Connecting in a popup, and what came of it.
import { useQueryClient } from "@tanstack/react-query";
import { type ConnectResult, openConnectPopup } from "@tillpost/client";
import { IntegrationService } from "@tillpost/client/integration";
import { useEffect, useRef, useState } from "react";
import { useTillpost } from "../../../api/context.js";
import { refresh } from "../../../api/queries.js";
import { useRetailer } from "../../../shell/retailer.js";

export interface Connecting {
  readonly busy: boolean;
  readonly result: ConnectResult | undefined;
  readonly error: unknown;
  /** Opens the popup: straight from a click, or the browser blocks it. */
  start(): void;
  /** As start, after a person has confirmed that the books go on in another company than before. */
  startElsewhere(): void;
  forget(): void;
}

export function useConnect(): Connecting {
  const tillpost = useTillpost();
  const retailer = useRetailer();
  const queries = useQueryClient();
  const [state, setState] = useState<Pick<Connecting, "busy" | "result" | "error">>({
    busy: false,
    result: undefined,
    error: undefined,
  });
  const leaving = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => leaving.current?.abort(), []);
  const run = async (allowOtherCompany: boolean) => {
    leaving.current = new AbortController();
    const { signal } = leaving.current;
    setState({ busy: true, result: undefined, error: undefined });
    try {
      const result = await openConnectPopup(tillpost, retailer, { signal, allowOtherCompany });
      await refresh(queries, IntegrationService.method.getConnection);
      setState({ busy: false, result, error: undefined });
    } catch (error) {
      if (!signal.aborted) {
        setState({ busy: false, result: undefined, error });
      }
    }
  };
  return {
    ...state,
    start: () => void run(false),
    startElsewhere: () => void run(true),
    forget: () => setState({ busy: false, result: undefined, error: undefined }),
  };
}
