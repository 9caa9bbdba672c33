// The part of node:assert/strict that the tests use.

class AssertionError extends Error {
  override readonly name = "AssertionError";
}

function check(holds: boolean, message: string): void {
  if (!holds) {
    throw new AssertionError(message);
  }
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) {
    return true;
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return false;
  }
  const keys = Object.keys(a);
  return (
    Object.getPrototypeOf(a) === Object.getPrototypeOf(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `${inner}n` : (inner ?? String(inner))));
}

export default {
  ok: (value: unknown, message = "it is not true") => check(Boolean(value), message),
  equal: (a: unknown, b: unknown) => check(Object.is(a, b), `${show(a)} is not ${show(b)}`),
  deepEqual: (a: unknown, b: unknown) => check(same(a, b), `${show(a)} is not ${show(b)}`),
  match: (text: string, pattern: RegExp) => check(pattern.test(text), `${show(text)} does not match ${pattern}`),
  fail: (message: string) => check(false, message),
  throws(run: () => unknown, expected: (error: unknown) => boolean, message = "it did not throw what it should") {
    try {
      run();
    } catch (error) {
      check(expected(error), message);
      return;
    }
    check(false, message);
  },
};
