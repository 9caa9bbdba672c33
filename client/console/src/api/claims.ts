// What a bearer token says of its owner. It is read to show the right things; the server alone decides what is allowed.

/** What the console reads from a token. */
export interface Claims {
  /** Who signed in, as entries of the history name them. */
  readonly subject: string;
  /** The retailers that the token is for; "*" stands for all. */
  readonly retailers: readonly string[];
  readonly mayManage: boolean;
}

const nothing: Claims = { subject: "", retailers: [], mayManage: false };

/** Reads the claims of a JSON Web Token without checking its signature. What cannot be read counts as absent. */
export function readClaims(token: string): Claims {
  try {
    const payload = token.split(".")[1] ?? "";
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof claims !== "object" || claims === null) {
      return nothing;
    }
    const { sub, scope, tillpost_retailers: retailers } = claims as Record<string, unknown>;
    return {
      subject: typeof sub === "string" ? sub : "",
      retailers: Array.isArray(retailers) ? retailers.filter((name) => typeof name === "string") : [],
      mayManage: typeof scope === "string" && scope.split(" ").includes("manage"),
    };
  } catch {
    return nothing;
  }
}
