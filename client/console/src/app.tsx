// The providers around every page, in one place for the browser and for tests.
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { Tillpost } from "@tillpost/client";
import type { ReactNode } from "react";
import { ApiProvider } from "./api/context.js";
import type { Session } from "./api/session.js";
import { cssVariables, theme } from "./theme.js";

const scheme = localStorageColorSchemeManager({ key: "tillpost-color-scheme" });

/** The theme; styles that are made in the page carry the server's nonce. */
export function Look({ nonce, env, children }: { nonce?: string; env?: "test"; children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={scheme}
      getStyleNonce={() => nonce ?? ""}
      env={env ?? "default"}
    >
      {children}
    </MantineProvider>
  );
}

/** What pages need of the program: client, session, cache of answers, messages. */
export function Services(props: { tillpost: Tillpost; session: Session; queries: QueryClient; children: ReactNode }) {
  return (
    <QueryClientProvider client={props.queries}>
      <ApiProvider tillpost={props.tillpost} session={props.session}>
        {props.children}
        <Notifications position="bottom-right" limit={3} />
      </ApiProvider>
    </QueryClientProvider>
  );
}
