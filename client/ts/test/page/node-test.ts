// The part of node:test that the tests use: tests one after another, and a clock that runs when told to.
import "./driver.js";
import { setImmediate } from "./timers.js";

Object.assign(globalThis, { setImmediate: (run: () => void) => void setImmediate().then(run) });

type Run = (t: TestContext) => unknown;

const tests: { name: string; run: Run }[] = [];
const firsts: (() => unknown)[] = [];
const lasts: (() => unknown)[] = [];

export const before = (run: () => unknown) => firsts.push(run);
export const after = (run: () => unknown) => lasts.push(run);

export function test(name: string, ...rest: [Run] | [options: object, run: Run]): void {
  tests.push({ name, run: rest.at(-1) as Run });
}

/** Runs what has been declared. */
window.tillpostRun = async () => {
  for (const run of firsts) {
    await run();
  }
  const results: { name: string; error: string }[] = [];
  for (const { name, run } of tests) {
    const t = new TestContext();
    let error = "";
    try {
      await run(t);
    } catch (thrown) {
      error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    }
    t.restore();
    results.push({ name, error });
  }
  for (const run of lasts) {
    await run();
  }
  return results;
};

interface Timer {
  readonly id: number;
  readonly at: number;
  readonly run: () => void;
}

export class TestContext {
  readonly #undo: (() => void)[] = [];
  readonly after = (run: () => void) => this.#undo.push(run);
  readonly mock = {
    method: (of: object, name: string, replacement: unknown) => this.#replace(of, name, replacement),
    timers: { enable: () => this.#stopClock(), tick: (ms: number) => this.#tick(ms) },
  };
  #now = 0;
  #timers: Timer[] = [];

  restore(): void {
    for (const undo of this.#undo.reverse()) {
      undo();
    }
  }

  #replace(of: object, name: string, replacement: unknown): void {
    const original = Object.getOwnPropertyDescriptor(of, name) ?? {};
    Object.defineProperty(of, name, { ...original, value: replacement });
    this.#undo.push(() => Object.defineProperty(of, name, original));
  }

  /** Lets setTimeout and Date follow the test's own clock, which begins at 0. */
  #stopClock(): void {
    const now = () => this.#now;
    let last = 0;
    this.#replace(globalThis, "setTimeout", (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
      last++;
      this.#timers.push({ id: last, at: this.#now + Math.max(1, ms), run: () => run(...args) });
      return last;
    });
    this.#replace(globalThis, "clearTimeout", (id: number) => {
      this.#timers = this.#timers.filter((timer) => timer.id !== id);
    });
    const RealDate = Date;
    class TestDate extends RealDate {
      static override now = now;
      constructor(...args: [] | [number | string]) {
        super(...((args.length === 0 ? [now()] : args) as [number]));
      }
    }
    this.#replace(globalThis, "Date", TestDate);
  }

  #tick(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (next === undefined) {
        break;
      }
      this.#timers = this.#timers.filter(({ id }) => id !== next.id);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }
}
