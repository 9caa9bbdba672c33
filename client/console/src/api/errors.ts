// From a failed call to what a person reads: title, sentence, way out.
import { Code, type ErrorReason, TillpostError } from "@tillpost/client";
import { errorTexts, otherErrors, type WayOut } from "../texts/errors.js";

/** An error as people are told of it. */
export interface Told {
  readonly title: string;
  readonly sentence: string;
  readonly wayOut: WayOut;
  /** What support needs to find the failure in the server's log; empty when there is nothing. */
  readonly reference: string;
}

/** Finds the words for anything that a call or the program threw. */
export function tellError(error: unknown): Told {
  if (!(error instanceof TillpostError)) {
    return { ...otherErrors.unknown, reference: error instanceof Error ? error.message : "" };
  }
  const reference = error.metadata.correlation_id ?? "";
  const known = errorTexts[error.reason as ErrorReason];
  if (known !== undefined) {
    return { ...known, sentence: known.sentence || violations(error) || asSentence(error.message), reference };
  }
  if (error.code === Code.Unavailable) {
    return { ...otherErrors.unreachable, reference };
  }
  if (error.code === Code.ResourceExhausted) {
    return { ...otherErrors.busy, reference };
  }
  if (error.reason !== "" && error.code !== Code.Internal) {
    // A newer server knows more reasons; its own sentence is made for people.
    return { ...otherErrors.unknown, sentence: asSentence(error.message), reference };
  }
  return { ...otherErrors.unknown, reference };
}

function violations(error: TillpostError): string {
  return error.violations.map(({ field, description }) => asSentence(`${field}: ${description}`)).join(" ");
}

/** Servers speak in clauses; people read sentences. */
export function asSentence(clause: string): string {
  const trimmed = clause.trim();
  if (trimmed === "") {
    return "";
  }
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
