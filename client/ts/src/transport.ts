import type { DescMessage, DescMethodStreaming, DescService, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { CallOptions, Client, StreamResponse, Transport } from "@connectrpc/connect";
import { createClient, makeAnyClient } from "@connectrpc/connect";
import { type Call, type CallRules, describeCall, makeCall } from "./call.js";
import { readFailure, TillpostError } from "./error.js";
import { linkedController } from "./timing.js";

/** Puts tokens, retries and typed errors around any transport: the web's, Node's, or a test's. */
export function safeTransport(inner: Transport, rules: CallRules): Transport {
  return {
    unary: (method, signal, timeoutMs, headers, input, contextValues) =>
      makeCall(rules, { method, signal, timeoutMs, headers }, (t) =>
        inner.unary(method, signal, t.timeoutMs, t.headers, input, contextValues),
      ),
    stream(method, signal, timeoutMs, headers, input, contextValues) {
      const call = { method, signal, timeoutMs, headers };
      const request = method.methodKind === "server_streaming" ? replayable(input) : input;
      return makeCall(rules, call, (t) =>
        openStream(call, (own) => inner.stream(method, own, t.timeoutMs, t.headers, request, contextValues)),
      );
    },
  };
}

/**
 * Opens a stream and waits for its first message, so that what fails before it can be tried again. The stream ends when its
 * reader stops reading: connect itself would leave it open until the caller's signal fires.
 */
async function openStream<I extends DescMessage, O extends DescMessage>(
  call: Call,
  open: (signal: AbortSignal) => Promise<StreamResponse<I, O>>,
): Promise<StreamResponse<I, O>> {
  const own = linkedController(call.signal);
  try {
    const response = await open(own.signal);
    const messages = response.message[Symbol.asyncIterator]();
    const first = await messages.next();
    return { ...response, message: follow(call, first, messages, () => own.end()) };
  } catch (error) {
    own.end();
    throw error;
  }
}

/** Yields the messages of a stream whose first has been read, and ends the stream however the reading ends. */
async function* follow<T>(
  call: Call,
  first: IteratorResult<T>,
  messages: AsyncIterator<T>,
  end: () => void,
): AsyncGenerator<T, void, undefined> {
  try {
    for (let next = first; !next.done; next = await nextOf(call, messages)) {
      yield next.value;
    }
  } finally {
    end();
  }
}

async function nextOf<T>(call: Call, messages: AsyncIterator<T>): Promise<IteratorResult<T>> {
  try {
    return await messages.next();
  } catch (thrown) {
    throw thrown instanceof TillpostError ? thrown : readFailure(thrown, describeCall(call)).error;
  }
}

/** Lets an iterable of one message be read by every try. */
function replayable<T>(input: AsyncIterable<T>): AsyncIterable<T> {
  let read: Promise<T[]> | undefined;
  return {
    async *[Symbol.asyncIterator]() {
      read ??= collect(input);
      yield* await read;
    },
  };
}

async function collect<T>(input: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of input) {
    all.push(item);
  }
  return all;
}

/**
 * Makes the typed client of a service. It differs from connect's own in its streams: a call begins when its stream is first
 * read, and breaking out of the loop ends it.
 */
export function createServiceClient<S extends DescService>(service: S, transport: Transport): Client<S> {
  const plain = createClient(service, transport) as Record<string, unknown>;
  return makeAnyClient(service, (method) =>
    method.methodKind === "server_streaming"
      ? (input, options) => serverStream(transport, method, input, options)
      : (plain[method.localName] as (input: unknown, options?: CallOptions) => unknown),
  ) as Client<S>;
}

async function* serverStream<I extends DescMessage, O extends DescMessage>(
  transport: Transport,
  method: DescMethodStreaming<I, O>,
  input: MessageInitShape<I>,
  options: CallOptions | undefined,
): AsyncGenerator<MessageShape<O>, void, undefined> {
  const { signal, timeoutMs, headers, contextValues } = options ?? {};
  const response = await transport.stream(method, signal, timeoutMs, headers, single(input), contextValues);
  options?.onHeader?.(response.header);
  yield* response.message;
  options?.onTrailer?.(response.trailer);
}

async function* single<T>(item: T): AsyncGenerator<T, void, undefined> {
  yield item;
}
