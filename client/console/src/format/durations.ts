// How long something took, in the two largest units that tell it.
import type { Duration } from "@bufbuild/protobuf/wkt";

const units: readonly [string, bigint][] = [
  ["d", 86_400_000n],
  ["h", 3_600_000n],
  ["min", 60_000n],
  ["s", 1_000n],
];

/** Tells a duration: "340 ms", "1.2 s", "48 s", "3 min 5 s", "2 d 4 h". */
export function duration(took: Duration): string {
  const ms = took.seconds * 1_000n + BigInt(Math.round(took.nanos / 1_000_000));
  if (ms < 1_000n) {
    return `${ms} ms`;
  }
  if (ms < 10_000n) {
    return `${ms / 1_000n}.${(ms % 1_000n) / 100n} s`;
  }
  const first = units.findIndex(([, length]) => ms >= length);
  const [unit, length] = units[first] ?? ["s", 1_000n];
  const next = units[first + 1];
  const rest = next === undefined ? 0n : (ms % length) / next[1];
  return `${ms / length} ${unit}${next === undefined || rest === 0n ? "" : ` ${rest} ${next[0]}`}`;
}
