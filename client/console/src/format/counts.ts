// Counts, with their words.

const plain = new Intl.NumberFormat("en-US");

/** Tells a count: "4,012". */
export function count(n: bigint | number): string {
  return plain.format(n);
}

/** Tells a count with its word: "1 event", "4,012 events". */
export function counted(n: bigint | number, one: string, many = `${one}s`): string {
  return `${count(n)} ${BigInt(n) === 1n ? one : many}`;
}
