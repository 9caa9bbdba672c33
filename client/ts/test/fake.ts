// What the tests share: a server in this process, errors as the real one sends them, and time that runs when told to.
import type { TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { Code, ConnectError, createRouterTransport, type ServiceImpl } from "@connectrpc/connect";
import { createTillpost, type Tillpost, type TillpostOptions } from "@tillpost/client";
import { FinancialService } from "@tillpost/client/financial";
import { IntegrationService } from "@tillpost/client/integration";

/** The methods that a test's server has. */
export interface Methods {
  financial?: Partial<ServiceImpl<typeof FinancialService>>;
  integration?: Partial<ServiceImpl<typeof IntegrationService>>;
}

/** Makes a client of a server that has the given methods only. */
export function fakeTillpost(methods: Methods, options: Partial<TillpostOptions> = {}): Tillpost {
  const transport = createRouterTransport(({ service }) => {
    service(FinancialService, methods.financial ?? {});
    service(IntegrationService, methods.integration ?? {});
  });
  return createTillpost({ baseUrl: "https://tillpost.example", transport, ...options });
}

/** What a server may say beside an error's code and text. */
interface Said {
  reason?: string;
  domain?: string;
  metadata?: Record<string, string>;
  violations?: [field: string, description: string][];
  retryDelayMs?: number;
}

/** Makes an error with google.rpc details. */
export function refusal(code: Code, said: Said = {}, message = "it did not work"): ConnectError {
  const error = new ConnectError(message, code);
  if (said.reason !== undefined) {
    const info = new BinaryWriter().tag(1, WireType.LengthDelimited).string(said.reason);
    info.tag(2, WireType.LengthDelimited).string(said.domain ?? "tillpost");
    for (const [key, value] of Object.entries(said.metadata ?? {})) {
      info.tag(3, WireType.LengthDelimited).bytes(texts(key, value));
    }
    error.details.push({ type: "google.rpc.ErrorInfo", value: info.finish() });
  }
  if (said.violations !== undefined) {
    const request = new BinaryWriter();
    for (const violation of said.violations) {
      request.tag(1, WireType.LengthDelimited).bytes(texts(...violation));
    }
    error.details.push({ type: "google.rpc.BadRequest", value: request.finish() });
  }
  if (said.retryDelayMs !== undefined) {
    const seconds = Math.floor(said.retryDelayMs / 1_000);
    const delay = new BinaryWriter().tag(1, WireType.Varint).int64(seconds);
    delay.tag(2, WireType.Varint).int32((said.retryDelayMs - seconds * 1_000) * 1_000_000);
    const info = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(delay.finish());
    error.details.push({ type: "google.rpc.RetryInfo", value: info.finish() });
  }
  return error;
}

function texts(first: string, second: string): Uint8Array {
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).string(first);
  return writer.tag(2, WireType.LengthDelimited).string(second).finish();
}

/** A server that is away, as the real one says it. */
export const away = () => refusal(Code.Unavailable, { reason: "SERVER_STOPPING" });

/** The random part of every wait in virtual time. */
export const jitter = 0.5;

/** Takes the clock over for one test: timers fire and time passes only while `run` waits. */
export function virtualTime(t: TestContext) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  t.mock.method(Math, "random", () => jitter);
  return {
    /** Lets time pass, in steps of 5 ms, until the promise has settled. */
    async run<T>(promise: Promise<T>): Promise<T> {
      let settled = false;
      const end = () => {
        settled = true;
      };
      promise.then(end, end);
      while (!settled) {
        for (let turn = 0; turn < 20 && !settled; turn++) {
          await setImmediate(); // what waits for no timer goes first
        }
        if (!settled) {
          t.mock.timers.tick(5);
        }
      }
      return promise;
    },
  };
}

/** Resolves with what a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`it did not fail, it resolved with ${String(value)}`);
}
