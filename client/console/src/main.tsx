// Where the console begins in the browser: sign in, then show the page that the address names.
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./global.css";
import { RouterProvider } from "@tanstack/react-router";
import { createTillpost } from "@tillpost/client";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "./api/queries.js";
import { SignInError, signIn } from "./api/session.js";
import { Look, Services } from "./app.js";
import { makeRouter } from "./router.js";
import { SignInFailed } from "./shell/sign-in.js";

/** The nonce of this page's content security policy; libraries that add styles of their own ask for it under this name. */
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
Object.assign(globalThis, { __webpack_nonce__: nonce });

async function main(): Promise<void> {
  const root = createRoot(document.getElementById("root") as HTMLElement);
  const router = makeRouter();
  void router.load(); // the page's own script comes while it is asked who signs in
  try {
    const session = await signIn();
    const tillpost = createTillpost({ baseUrl: "/", getToken: session.getToken });
    root.render(
      <StrictMode>
        <Look nonce={nonce}>
          <Services tillpost={tillpost} session={session} queries={createQueryClient()}>
            <RouterProvider router={router} />
          </Services>
        </Look>
      </StrictMode>,
    );
  } catch (error) {
    const problem = error instanceof SignInError ? error.problem : "unreachable";
    root.render(
      <Look nonce={nonce}>
        <SignInFailed problem={problem} />
      </Look>,
    );
  }
}

void main();
