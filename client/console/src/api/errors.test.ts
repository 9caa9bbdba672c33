import { Code, TillpostError } from "@tillpost/client";
import { describe, expect, test } from "vitest";
import { errorTexts } from "../texts/errors.js";
import { asSentence, tellError } from "./errors.js";

const failure = (init: Partial<ConstructorParameters<typeof TillpostError>[0]>) =>
  new TillpostError({ code: Code.FailedPrecondition, message: "it did not work", method: "a/B", ...init });

describe("every error is a sentence with a way out", () => {
  test.each(Object.keys(errorTexts))("%s", (reason) => {
    const told = tellError(failure({ reason }));
    expect(told.title).not.toBe("");
    expect(told.sentence).toMatch(/[.!?]$/);
  });
});

test("the server's own sentence is taken where it knows better", () => {
  expect(
    tellError(failure({ reason: "ACCOUNT_TYPE_REFUSED", message: "an expense account cannot hold payments" })),
  ).toMatchObject({
    title: "Choose another account",
    sentence: "An expense account cannot hold payments.",
  });
  const violations = [{ field: "note", description: "is too long" }];
  expect(tellError(failure({ reason: "INVALID_REQUEST", violations })).sentence).toBe("Note: is too long.");
});

test("what is not Tillpost's own word is told without its details", () => {
  expect(tellError(failure({ code: Code.Unavailable }))).toMatchObject({
    title: "Tillpost cannot be reached",
    wayOut: "retry",
  });
  const internal = failure({ code: Code.Internal, reason: "INTERNAL", metadata: { correlation_id: "c-1" } });
  expect(tellError(internal)).toMatchObject({ title: "Something went wrong", reference: "c-1" });
  expect(tellError(internal).sentence).not.toContain("it did not work");
  expect(tellError(new Error("x is undefined")).title).toBe("Something went wrong");
  expect(asSentence("")).toBe("");
});
