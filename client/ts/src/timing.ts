// Waiting: with jitter, and never beyond the caller's signal.

/** Returns a random wait in milliseconds: a part of `base`, doubled for each try before, up to `cap`. */
export function backoffMs(tried: number, base: number, cap: number): number {
  return Math.random() * Math.min(base * 2 ** Math.min(tried, 20), cap);
}

/** Resolves after the given time, or at once when the signal fires. The caller looks at the signal afterwards. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
}

/** A controller that also fires with the caller's signal. AbortSignal.any would do, where every Node 20 had it. */
export interface LinkedController {
  readonly signal: AbortSignal;
  /** Fires the signal and lets go of the caller's. */
  end(reason?: unknown): void;
}

/** Makes a controller that fires with `parent`, or earlier by its own `end`, which must be called in any case. */
export function linkedController(parent: AbortSignal | undefined): LinkedController {
  const controller = new AbortController();
  const follow = () => controller.abort(parent?.reason);
  if (parent?.aborted) {
    follow();
  } else {
    parent?.addEventListener("abort", follow);
  }
  return {
    signal: controller.signal,
    end(reason) {
      parent?.removeEventListener("abort", follow);
      controller.abort(reason);
    },
  };
}
