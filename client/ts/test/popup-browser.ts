// The part of a browser that openConnectPopup needs, over real HTTP: its popup shows the consent page, presses a button, and
// runs the script of the page that it ends at.
import { createContext, runInContext } from "node:vm";
import type { PopupHost, PopupWindow } from "@tillpost/client";

/** Makes a page of the given origin, whose retailer decides as told in the popup. */
export function popupBrowser(origin: string, decision: "authorize" | "cancel"): PopupHost & { failed: Promise<never> } {
  const listeners = new Set<(event: MessageEvent) => void>();
  let fail: (error: unknown) => void;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const popup = {
    closed: false as boolean,
    location: {
      replace(url: string) {
        decide(url, decision).then(show).catch(fail);
      },
    },
    close() {
      popup.closed = true;
    },
  } satisfies PopupWindow;

  /** Shows a page: its script finds its opener, and a message to another origin than the opener's is dropped. */
  function show(page: { origin: string; script: string }) {
    const opener = {
      postMessage(data: unknown, target: string) {
        if (target === origin) {
          const event = { data, origin: page.origin, source: popup } as unknown as MessageEvent;
          setImmediate(() => {
            for (const listener of listeners) {
              listener(event);
            }
          });
        }
      },
    };
    runInContext(page.script, createContext({ window: { opener, close: popup.close } }));
  }

  return {
    failed,
    open: () => popup,
    addEventListener: (_, listener) => listeners.add(listener),
    removeEventListener: (_, listener) => listeners.delete(listener),
  };
}

/** Presses a button on the consent page, and returns the page that the browser ends at. */
async function decide(authorizationUrl: string, decision: string): Promise<{ origin: string; script: string }> {
  const address = new URL(authorizationUrl);
  const consent = await fetch(address);
  if (!consent.ok) {
    throw new Error(`the consent page answers ${consent.status}`);
  }
  await consent.text();
  const form = new URLSearchParams(address.search);
  form.set("decision", decision);
  const page = await fetch(address.origin + address.pathname, { method: "POST", body: form });
  const html = await page.text();
  const script = /<script nonce="[^"]+">([\s\S]*?)<\/script>/.exec(html)?.[1];
  if (!page.ok || script === undefined) {
    throw new Error(`the callback answers ${page.status}: ${html}`);
  }
  return { origin: new URL(page.url).origin, script };
}
