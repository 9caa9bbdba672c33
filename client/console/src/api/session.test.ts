import { expect, test, vi } from "vitest";
import { readClaims } from "./claims.js";
import { type SignInError, signIn } from "./session.js";

const claims = (content: unknown) =>
  `e30.${btoa(JSON.stringify(content)).replaceAll("+", "-").replaceAll("/", "_")}.sig`;
const token = claims({ sub: "ann@shop.example", scope: "read manage", tillpost_retailers: ["my-shop"] });

interface PageOptions {
  readonly announced: unknown;
  readonly hash?: string;
  readonly stored?: string;
  readonly status?: number;
  /** The page around, and what it answers to a request for a token. */
  readonly host?: (message: unknown, origin: string, answer: (data: unknown, from: string) => void) => void;
}

/** As much of a window as signing in needs. */
function fakePage({ announced, hash = "", stored, status = 200, host }: PageOptions) {
  const listeners = new Set<(event: unknown) => void>();
  const storage = new Map(stored === undefined ? [] : [["tillpost-token", stored]]);
  const parent = {
    postMessage(message: unknown, origin: string) {
      host?.(message, origin, (data, from) => {
        for (const listener of listeners) {
          listener({ data, origin: from, source: parent });
        }
      });
    },
  };
  const page = {
    location: { hash, pathname: "/console/my-shop", search: "" },
    history: { state: null, replaceState: vi.fn() },
    sessionStorage: {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => storage.set(key, value),
    },
    fetch: async () => new Response(JSON.stringify(announced), { status }),
    addEventListener: (_: string, listener: (event: unknown) => void) => listeners.add(listener),
    removeEventListener: (_: string, listener: (event: unknown) => void) => listeners.delete(listener),
    opener: null,
    parent: undefined as unknown,
  };
  page.parent = host === undefined ? page : parent;
  return page as typeof page & Window;
}

const problemOf = (page: Window) => signIn(page).catch((error: SignInError) => error.problem);
const live = { expired: false, signal: new AbortController().signal };

test("claims are read, and what is none counts as nothing", () => {
  expect(readClaims(token)).toEqual({ subject: "ann@shop.example", retailers: ["my-shop"], mayManage: true });
  expect(readClaims(claims({ sub: "Zoë", scope: "read" })).mayManage).toBe(false);
  for (const nonsense of ["", "a.b.c", "..", claims(null), claims({ tillpost_retailers: "all" })]) {
    expect(readClaims(nonsense).retailers).toEqual([]);
  }
});

test("in development the server hands out the token and the retailers", async () => {
  const own = claims({ sub: "developer", scope: "read record manage", tillpost_retailers: ["*"] });
  const session = await signIn(fakePage({ announced: { mode: "development", token: own, retailers: ["b", "a"] } }));
  expect(session).toMatchObject({ retailers: ["a", "b"], anyRetailer: true });
  expect(await session.getToken(live)).toBe(own);
});

test("a token of the fragment is taken out of the address and kept for this tab", async () => {
  const page = fakePage({ announced: { mode: "production" }, hash: `#token=${token}` });
  const session = await signIn(page);
  expect(page.history.replaceState).toHaveBeenCalledWith(null, "", "/console/my-shop");
  expect(page.sessionStorage.getItem("tillpost-token")).toBe(token);
  expect(session).toMatchObject({ retailers: ["my-shop"], anyRetailer: false });
  expect(await signIn(fakePage({ announced: { mode: "production" }, stored: token }))).toMatchObject({
    retailers: ["my-shop"],
  });
});

test("the page around hands over a token, and a new one when that has expired", async () => {
  const asked: unknown[] = [];
  const page = fakePage({
    announced: { mode: "production", embed_origins: ["https://shop.example"] },
    host(message, origin, answer) {
      asked.push([message, origin]);
      answer({ source: "tillpost-host", type: "token", token: "stolen" }, "https://evil.example");
      answer({ source: "tillpost-host", type: "token", token: "" }, "https://shop.example");
      answer(
        { source: "tillpost-host", type: "token", token: asked.length === 1 ? token : "renewed" },
        "https://shop.example",
      );
    },
  });
  const session = await signIn(page);
  expect(await session.getToken(live)).toBe(token);
  expect(await session.getToken({ ...live, expired: true })).toBe("renewed");
  expect(asked).toEqual([
    [{ source: "tillpost-console", type: "token-needed", expired: false }, "https://shop.example"],
    [{ source: "tillpost-console", type: "token-needed", expired: true }, "https://shop.example"],
  ]);
});

test("nobody is signed in without a token, elsewhere, or when the server is away", async () => {
  expect(await problemOf(fakePage({ announced: { mode: "production" } }))).toBe("no-token");
  expect(await problemOf(fakePage({ announced: {}, status: 403 }))).toBe("refused");
  expect(await problemOf(fakePage({ announced: {}, status: 502 }))).toBe("unreachable");
});
