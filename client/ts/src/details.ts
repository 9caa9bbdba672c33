// What Tillpost says of an error beside code and text: the details ErrorInfo, BadRequest and RetryInfo of google.rpc. Three
// messages of a few fields are read here by hand; generated code for them would be a dependency of its own.
import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { ConnectError } from "@connectrpc/connect";

/** One field of a request that breaks a rule. */
export interface Violation {
  /** Path of the field within the request: `"slot.key"`. */
  readonly field: string;
  /** What is wrong with it. */
  readonly description: string;
}

/** What the details of one error say. */
export interface Details {
  /** The stable reason; empty when the error is not Tillpost's own, a proxy's answer for instance. */
  reason: string;
  /** Facts for programs. */
  metadata: Record<string, string>;
  /** The malformed fields, in the server's order. */
  violations: Violation[];
  /** How long to wait before the next try, in milliseconds; undefined when the server does not say. */
  retryDelayMs: number | undefined;
}

/** Marks the reasons that are Tillpost's own. */
const errorDomain = "tillpost";

/** Reads the details that an error brought along. What cannot be read counts as absent. */
export function readDetails(error: ConnectError): Details {
  const found: Details = { reason: "", metadata: {}, violations: [], retryDelayMs: undefined };
  for (const detail of error.details) {
    if (!("type" in detail)) {
      continue;
    }
    try {
      readers.get(detail.type)?.(detail.value, found);
    } catch {
      // A broken detail must not hide the error that it belongs to.
    }
  }
  return found;
}

const readers = /*@__PURE__*/ new Map([
  ["google.rpc.ErrorInfo", readErrorInfo],
  ["google.rpc.BadRequest", readBadRequest],
  ["google.rpc.RetryInfo", readRetryInfo],
]);

function readErrorInfo(bytes: Uint8Array, found: Details): void {
  let [reason, domain] = ["", ""];
  const metadata: Record<string, string> = {};
  eachField(bytes, (no, reader) => {
    if (no === 1) {
      reason = reader.string();
    } else if (no === 2) {
      domain = reader.string();
    } else if (no === 3) {
      const [key, value] = readTexts(reader.bytes());
      metadata[key] = value;
    } else {
      return false;
    }
    return true;
  });
  if (domain === errorDomain) {
    found.reason = reason;
    found.metadata = metadata;
  }
}

function readBadRequest(bytes: Uint8Array, found: Details): void {
  const violations: Violation[] = [];
  eachField(bytes, (no, reader) => {
    if (no !== 1) {
      return false;
    }
    const [field, description] = readTexts(reader.bytes());
    violations.push({ field, description });
    return true;
  });
  found.violations.push(...violations);
}

function readRetryInfo(bytes: Uint8Array, found: Details): void {
  let delayMs: number | undefined;
  eachField(bytes, (no, reader) => {
    if (no !== 1) {
      return false;
    }
    delayMs = Math.max(0, readDurationMs(reader.bytes()));
    return true;
  });
  found.retryDelayMs = delayMs;
}

/** Reads a message whose first two fields are texts: an entry of a map, a field violation. */
function readTexts(bytes: Uint8Array): [string, string] {
  const texts: [string, string] = ["", ""];
  eachField(bytes, (no, reader) => {
    if (no !== 1 && no !== 2) {
      return false;
    }
    texts[no - 1] = reader.string();
    return true;
  });
  return texts;
}

/** Reads a google.protobuf.Duration. */
function readDurationMs(bytes: Uint8Array): number {
  let ms = 0;
  eachField(bytes, (no, reader) => {
    if (no === 1) {
      ms += Number(reader.int64()) * 1_000;
    } else if (no === 2) {
      ms += reader.int32() / 1_000_000;
    } else {
      return false;
    }
    return true;
  });
  return ms;
}

/** Hands each field of a message to `take`, which reads it, or returns false for a field that it does not know. */
function eachField(bytes: Uint8Array, take: (no: number, reader: BinaryReader) => boolean): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [no, wireType] = reader.tag();
    if (!take(no, reader)) {
      reader.skip(wireType, no);
    }
  }
}
