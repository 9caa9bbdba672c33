// Connecting in a popup, and what came of it.
import { useQueryClient } from "@tanstack/react-query";
import { type ConnectPopupOptions, type ConnectResult, openConnectPopup } from "@tillpost/client";
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
  /** As startElsewhere, after a person has given up on what is not settled in the company of before. */
  startAbandoning(): void;
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
  const run = async (confirmed: Pick<ConnectPopupOptions, "allowOtherCompany" | "abandonUnsettled">) => {
    leaving.current = new AbortController();
    const { signal } = leaving.current;
    setState({ busy: true, result: undefined, error: undefined });
    try {
      const result = await openConnectPopup(tillpost, retailer, { signal, ...confirmed });
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
    start: () => void run({}),
    startElsewhere: () => void run({ allowOtherCompany: true }),
    startAbandoning: () => void run({ allowOtherCompany: true, abandonUnsettled: true }),
    forget: () => setState({ busy: false, result: undefined, error: undefined }),
  };
}
