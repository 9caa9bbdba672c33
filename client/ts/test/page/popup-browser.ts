// In a page popups are real windows; the driver presses the button in them.
import "./driver.js";
import type { PopupHost } from "@tillpost/client";

export function popupBrowser(
  _: string,
  decision: "authorize" | "cancel",
): PopupHost & { readonly failed: Promise<never> } {
  return {
    failed: new Promise<never>(() => {}), // the driver fails by itself
    open(...place) {
      void window.tillpostDecide(decision);
      return window.open(...place);
    },
    addEventListener: (type, listener) => window.addEventListener(type, listener),
    removeEventListener: (type, listener) => window.removeEventListener(type, listener),
  };
}
