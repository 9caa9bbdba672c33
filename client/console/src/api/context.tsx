// The client, and who uses it, for every page below.
import { TransportProvider } from "@connectrpc/connect-query";
import type { Tillpost } from "@tillpost/client";
import { createContext, type ReactNode, useContext } from "react";
import type { Session } from "./session.js";

const TillpostContext = createContext<Tillpost | undefined>(undefined);
const SessionContext = createContext<Session | undefined>(undefined);

/** Gives the pages below their client: by hooks here, and to useQuery and useMutation of connect-query. */
export function ApiProvider(props: { tillpost: Tillpost; session: Session; children: ReactNode }) {
  return (
    <SessionContext value={props.session}>
      <TillpostContext value={props.tillpost}>
        <TransportProvider transport={props.tillpost.transport}>{props.children}</TransportProvider>
      </TillpostContext>
    </SessionContext>
  );
}

/** The client, for what connect-query does not do: streams, and helpers such as importAccounts. */
export function useTillpost(): Tillpost {
  return given(useContext(TillpostContext), "ApiProvider");
}

export function useSession(): Session {
  return given(useContext(SessionContext), "ApiProvider");
}

/** Whether the caller may change things: buttons that do are disabled otherwise. */
export function useMayManage(): boolean {
  return useSession().claims.mayManage;
}

/** Returns what a provider has given, or says which one is missing. */
export function given<T>(value: T | undefined, provider: string): T {
  if (value === undefined) {
    throw new Error(`${provider} is missing above this part of the page`);
  }
  return value;
}
