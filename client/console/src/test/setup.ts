// Before every test: what happy-dom lacks and the parts need. After it: nothing is left on the page, or in its messages.
import { notifications } from "@mantine/notifications";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// A page is loaded when it is first opened, and a loaded machine is slow; what never comes is told all the same.
configure({ asyncUtilTimeout: 5_000 });

afterEach(() => {
  cleanup();
  notifications.clean();
  notifications.cleanQueue();
});

window.scrollTo = () => undefined;
window.matchMedia ??= vi.fn((query: string) => ({
  matches: false,
  media: query,
  onchange: null,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
  dispatchEvent: () => false,
}));
