// What is checked once, when a client is made.

/** Reads the address of a server: absolute, or relative to the page's own in a browser. */
export function parseBaseUrl(baseUrl: string): URL {
  let url: URL;
  try {
    url = new URL(baseUrl, globalThis.location?.href);
  } catch {
    // The address is not repeated: it may hold a password.
    throw new TypeError('baseUrl cannot be read: write it as "https://host:port" or "http://127.0.0.1:port"');
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new TypeError('baseUrl needs http:// or https://, as in "https://tillpost.example"');
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("baseUrl must not hold a user or password: use token");
  }
  if (url.search !== "" || url.hash !== "") {
    throw new TypeError("baseUrl must end with the path: no ? and no #");
  }
  return url;
}

/** Refuses to send a token in the clear over a network. */
export function checkTokenTravelsSafely(url: URL): void {
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new TypeError(
      `refusing to send a token in the clear to ${url.host}: use https, or allowInsecureToken where something else ` +
        "protects the way",
    );
  }
}

/** Reports whether a host is this very machine, so that nothing sent to it passes a network. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
}

/** Refuses what cannot be a bearer token. The error never repeats it. */
export function checkToken(token: unknown): asserts token is string {
  if (typeof token !== "string" || token === "") {
    throw new TypeError("the token is empty");
  }
  if (!/^[!-~]+$/.test(token)) {
    throw new TypeError(
      "the token has blanks or characters that are not visible ASCII: was it copied whole, without a line end?",
    );
  }
}
