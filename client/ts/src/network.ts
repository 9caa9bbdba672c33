import { Code, ConnectError } from "@connectrpc/connect";

/**
 * Wraps fetch so that a connection that cannot be made, or breaks, is told as UNAVAILABLE. Fetch itself throws a TypeError
 * then, which connect-web cannot tell from a mistake of the program.
 */
export function fetchTellingBreaks(fetch: typeof globalThis.fetch | undefined): typeof globalThis.fetch {
  return async (input, init) => {
    const call = fetch ?? globalThis.fetch; // looked up late: pages replace it
    let response: Response;
    try {
      response = await call(input, init);
    } catch (error) {
      throw told(error, "Tillpost cannot be reached");
    }
    if (response.body === null) {
      return response;
    }
    const { status, statusText, headers } = response;
    return new Response(bodyTellingBreaks(response.body), { status, statusText, headers });
  };
}

function bodyTellingBreaks(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
        } else {
          controller.enqueue(value);
        }
      } catch (error) {
        controller.error(told(error, "the connection to Tillpost broke"));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** An ended call stays what it is; everything else that fetch throws is the network. */
function told(error: unknown, what: string): unknown {
  const name = error instanceof Error ? error.name : "";
  if (name === "AbortError" || name === "TimeoutError" || error instanceof ConnectError) {
    return error;
  }
  const why = error instanceof Error ? error.message : String(error);
  return new ConnectError(`${what}: ${why}`, Code.Unavailable, undefined, undefined, error);
}
