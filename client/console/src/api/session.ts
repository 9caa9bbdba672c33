// Who the console works for, and how it gets its token: in development from the server itself, in production from the
// retail platform, by the address's fragment or by postMessage. docs/console.md tells platforms how.
import type { GetToken } from "@tillpost/client";
import { type Claims, readClaims } from "./claims.js";

/** A signed-in console. */
export interface Session {
  readonly claims: Claims;
  /** Retailers to choose from. */
  readonly retailers: readonly string[];
  /** True where any other retailer may be opened by its id. */
  readonly anyRetailer: boolean;
  readonly getToken: GetToken;
}

/** Why nobody is signed in. */
export type SignInProblem = "no-token" | "refused" | "unreachable";

export class SignInError extends Error {
  readonly problem: SignInProblem;
  constructor(problem: SignInProblem, cause?: unknown) {
    super(problem, { cause });
    this.problem = problem;
  }
}

/** What the server says at /console/session. */
interface Announcement {
  readonly mode: string;
  readonly token?: string;
  readonly retailers?: readonly string[];
  readonly embed_origins?: readonly string[];
}

const sessionPath = "/console/session";
/** Where a token from the fragment survives a reload of this tab, and nothing else. */
const storageKey = "tillpost-token";
/** How long the page around the console may take to hand over a token. */
const handOverMs = 10_000;

/** Signs in; it fails with a SignInError. */
export async function signIn(page: Window = window): Promise<Session> {
  const fromFragment = takeFragmentToken(page);
  const announced = await announce(page);
  if (announced.mode === "development") {
    return makeSession(
      announced.token ?? "",
      announced.retailers ?? [],
      async () => (await announce(page)).token ?? "",
    );
  }
  const origins = announced.embed_origins ?? [];
  const renew = () => askAround(page, origins, true);
  const token = fromFragment ?? (await askAround(page, origins, false)) ?? readStored(page);
  if (token === undefined) {
    throw new SignInError("no-token");
  }
  return makeSession(token, [], renew);
}

function makeSession(token: string, retailers: readonly string[], renew: () => Promise<string | undefined>): Session {
  let kept = token;
  const claims = readClaims(token);
  const named = claims.retailers.filter((name) => name !== "*");
  return {
    claims,
    retailers: [...new Set([...named, ...retailers])].sort(),
    anyRetailer: claims.retailers.includes("*"),
    async getToken({ expired }) {
      if (expired) {
        kept = (await renew()) ?? kept;
      }
      return kept;
    },
  };
}

async function announce(page: Window): Promise<Announcement> {
  let answer: Response;
  try {
    answer = await page.fetch(sessionPath, { cache: "no-store", credentials: "same-origin" });
  } catch (cause) {
    throw new SignInError("unreachable", cause);
  }
  if (answer.status === 403) {
    throw new SignInError("refused", await answer.text());
  }
  if (!answer.ok) {
    throw new SignInError("unreachable", answer.status);
  }
  return (await answer.json()) as Announcement;
}

/** Takes #token=... out of the address, so that it is neither bookmarked nor shared. */
function takeFragmentToken(page: Window): string | undefined {
  const fragment = new URLSearchParams(page.location.hash.slice(1));
  const token = fragment.get("token");
  if (token === null || token === "") {
    return undefined;
  }
  fragment.delete("token");
  const rest = fragment.size > 0 ? `#${fragment}` : "";
  page.history.replaceState(page.history.state, "", page.location.pathname + page.location.search + rest);
  try {
    page.sessionStorage.setItem(storageKey, token);
  } catch {
    // Without storage the token lives as long as the page.
  }
  return token;
}

function readStored(page: Window): string | undefined {
  try {
    return page.sessionStorage.getItem(storageKey) ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * Asks the page that embeds or opened the console for a token, and takes an answer from that very window only, at one of the
 * allowed origins.
 */
async function askAround(page: Window, origins: readonly string[], expired: boolean): Promise<string | undefined> {
  const host: Window | null = page.parent !== page ? page.parent : page.opener;
  if (host === null || origins.length === 0) {
    return undefined;
  }
  return new Promise((resolve) => {
    const finish = (token: string | undefined) => {
      clearTimeout(timer);
      page.removeEventListener("message", hear);
      resolve(token);
    };
    const hear = (event: MessageEvent) => {
      const data: unknown = event.data;
      if (event.source === host && origins.includes(event.origin) && isTokenMessage(data)) {
        finish(data.token);
      }
    };
    const timer = setTimeout(() => finish(undefined), handOverMs);
    page.addEventListener("message", hear);
    for (const origin of origins) {
      // A browser delivers this only to a page of that origin.
      host.postMessage({ source: "tillpost-console", type: "token-needed", expired }, origin);
    }
  });
}

function isTokenMessage(data: unknown): data is { token: string } {
  if (typeof data !== "object" || data === null) {
    return false;
  }
  const { source, type, token } = data as Record<string, unknown>;
  return source === "tillpost-host" && type === "token" && typeof token === "string" && token !== "";
}
