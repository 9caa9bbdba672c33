import type { Connection } from "../../../gen/ts/tillpost/integration/v1/connection_pb.js";
import { Connection_State } from "../../../gen/ts/tillpost/integration/v1/connection_pb.js";
import { IntegrationService } from "../../../gen/ts/tillpost/integration/v1/integration_service_pb.js";
import { callOptions, describeCall } from "./call.js";
import { abandoned, type ErrorReason } from "./error.js";
import type { Tillpost } from "./tillpost.js";
import { pause } from "./timing.js";

/** How often the popup is looked at, in milliseconds: a browser does not tell when another window closes. */
const lookEveryMs = 250;
/** How long the popup's last word may still be under way after it has closed, in milliseconds. */
const lastWordMs = 500;

/**
 * How an authorization ended:
 * - `connected`: the retailer is connected;
 * - `refused`: the retailer pressed Cancel at QuickBooks, nothing was changed;
 * - `failed`: the retailer agreed and it did not work, `reason` says why, `OTHER_COMPANY` for instance;
 * - `closed`: the popup was closed before anything was decided, or cut off from this page, which looks the same;
 * - `blocked`: the browser did not let a popup open; nothing was asked of the server.
 */
export type ConnectOutcome = "connected" | "refused" | "failed" | "closed" | "blocked";

/** How an authorization ended, and where the connection stands now. */
export interface ConnectResult {
  readonly outcome: ConnectOutcome;
  /** Why, for `refused` and `failed`; otherwise empty. */
  readonly reason: ErrorReason | (string & {});
  /** Facts for programs that go with the reason, as in a TillpostError: `abandon_time` with `ENTRIES_UNSETTLED`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The connection as the server has it now; undefined only for `blocked`. */
  readonly connection: Connection | undefined;
}

/** What is needed of the popup; a browser's Window is one. */
export interface PopupWindow {
  readonly closed: boolean;
  readonly location: { replace(url: string): void };
  close(): void;
}

/** What is needed of the window that opens the popup; a browser's Window is one. */
export interface PopupHost {
  readonly outerWidth?: number;
  readonly outerHeight?: number;
  readonly screenX?: number;
  readonly screenY?: number;
  open(url: string, name: string, features: string): PopupWindow | null;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

/** How the popup is opened. */
export interface ConnectPopupOptions {
  /**
   * An address of this page's origin, needed only where the page's origin is not the server's: the popup speaks to the
   * server's own origin, or to that of `returnUrl`, which the server's operator must have allowed. Without it such a page
   * still learns whether the retailer is connected, but not whether it refused.
   */
  readonly returnUrl?: string | undefined;
  /** Origin of the server's public address, where it is not that of `baseUrl`: `"https://tillpost.example"`. */
  readonly callbackOrigin?: string | undefined;
  /**
   * True once a person has confirmed that the books go on in another QuickBooks company than before, which `OTHER_COMPANY`
   * refuses otherwise: see ConnectRequest.allow_other_company for what becomes of the former company's mappings and events.
   */
  readonly allowOtherCompany?: boolean | undefined;
  /**
   * True once a person has confirmed, beside `allowOtherCompany`, that the former company can never be reached again, where
   * `ENTRIES_UNSETTLED` refuses otherwise. It is refused all the same before `metadata.abandon_time`: see
   * ConnectRequest.abandon_unsettled for what becomes of the events.
   */
  readonly abandonUnsettled?: boolean | undefined;
  /** Size of the popup in pixels; 640 by 800 by default. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Closes the popup; the promise then rejects. */
  readonly signal?: AbortSignal | undefined;
  /** The window that opens the popup; by default the page's own. */
  readonly window?: PopupHost | undefined;
}

/**
 * Connects a retailer to QuickBooks: opens the authorization in a popup and resolves when it has ended, one way or another.
 * Call it straight from a click, before anything is awaited, or the browser blocks the popup.
 *
 * It rejects with a TillpostError when the server refuses (ALREADY_CONNECTED, RETURN_URL_NOT_ALLOWED, ...), cannot be
 * reached, or the signal fires.
 */
export async function openConnectPopup(
  tillpost: Tillpost,
  retailerId: string,
  options: ConnectPopupOptions = {},
): Promise<ConnectResult> {
  const { signal } = options;
  const host = options.window ?? pageWindow();
  if (host === undefined) {
    throw new TypeError("openConnectPopup needs a browser's window");
  }
  const origin = options.callbackOrigin ?? new URL(tillpost.baseUrl).origin;
  if (signal?.aborted) {
    throw ended(signal);
  }
  // Before anything is awaited: only then does the popup count as the answer to a click.
  const popup = host.open("", "tillpost-connect", features(host, options));
  if (popup === null) {
    return { outcome: "blocked", reason: "", metadata: {}, connection: undefined };
  }
  const word = new Word(host, popup, origin);
  const call = callOptions({ signal });
  try {
    const request = {
      retailerId,
      returnUrl: options.returnUrl ?? "",
      allowOtherCompany: options.allowOtherCompany ?? false,
      abandonUnsettled: options.abandonUnsettled ?? false,
    };
    const { authorizationUrl } = await tillpost.integration.connect(request, call);
    if (!popup.closed) {
      popup.location.replace(authorizationUrl);
    }
    const decision = await word.wait(signal);
    if (signal?.aborted) {
      throw ended(signal);
    }
    const { connection } = await tillpost.integration.getConnection({ retailerId }, call);
    return judge(decision, connection);
  } finally {
    word.forget();
    popup.close();
  }
}

/** What the popup says at its end. */
interface Decision {
  readonly result: string;
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The popup's word: a message from the very window that was opened, at the server's origin, and only the first. */
class Word {
  readonly #host: PopupHost;
  readonly #popup: PopupWindow;
  readonly #origin: string;
  readonly #arrived = new AbortController();
  #decision: Decision | undefined;

  constructor(host: PopupHost, popup: PopupWindow, origin: string) {
    this.#host = host;
    this.#popup = popup;
    this.#origin = origin;
    host.addEventListener("message", this.#hear);
  }

  readonly #hear = (event: MessageEvent) => {
    const data: unknown = event.data;
    if (event.source !== this.#popup || event.origin !== this.#origin || !isWord(data) || this.#decision) {
      return;
    }
    this.#decision = { result: data.result, reason: data.reason, metadata: factsOf(data.metadata) };
    this.#arrived.abort();
  };

  /** Resolves with the popup's word, or with undefined when it has closed without one or the signal has fired. */
  async wait(signal: AbortSignal | undefined): Promise<Decision | undefined> {
    const stop = () => this.#arrived.abort();
    signal?.addEventListener("abort", stop);
    try {
      while (!this.#popup.closed && !this.#arrived.signal.aborted && !signal?.aborted) {
        await pause(lookEveryMs, this.#arrived.signal);
      }
      if (!signal?.aborted) {
        await pause(lastWordMs, this.#arrived.signal);
      }
      return this.#decision;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  forget(): void {
    this.#host.removeEventListener("message", this.#hear);
  }
}

/** The facts of a word; a server of an earlier release gives none. */
function factsOf(metadata: unknown): Record<string, string> {
  const facts = typeof metadata === "object" && metadata !== null ? Object.entries(metadata) : [];
  return Object.fromEntries(facts.filter((fact): fact is [string, string] => typeof fact[1] === "string"));
}

function isWord(data: unknown): data is { result: string; reason: string; metadata?: unknown } {
  if (typeof data !== "object" || data === null) {
    return false;
  }
  const { source, result, reason } = data as Record<string, unknown>;
  return source === "tillpost" && typeof result === "string" && typeof reason === "string";
}

/** The server's word on the connection counts for more than the popup's, which may have got lost. */
function judge(decision: Decision | undefined, connection: Connection | undefined): ConnectResult {
  if (connection?.state === Connection_State.CONNECTED) {
    return { outcome: "connected", reason: "", metadata: {}, connection };
  }
  if (decision === undefined) {
    return { outcome: "closed", reason: "", metadata: {}, connection };
  }
  const reason = decision.result === "connected" ? "NOT_CONNECTED" : decision.reason;
  const { metadata } = decision;
  return { outcome: decision.result === "refused" ? "refused" : "failed", reason, metadata, connection };
}

/** The page's own window; there is none outside of a browser. */
function pageWindow(): PopupHost | undefined {
  const { window }: { window?: Window } = globalThis;
  return window;
}

function ended(signal: AbortSignal) {
  const { method } = describeCall({ method: IntegrationService.method.connect, signal });
  return abandoned(method, signal);
}

/** Places the popup over the middle of its opener. */
function features(host: PopupHost, { width = 640, height = 800 }: ConnectPopupOptions): string {
  const left = Math.max(0, Math.round((host.screenX ?? 0) + ((host.outerWidth ?? width) - width) / 2));
  const top = Math.max(0, Math.round((host.screenY ?? 0) + ((host.outerHeight ?? height) - height) / 2));
  return `popup,width=${width},height=${height},left=${left},top=${top}`;
}
