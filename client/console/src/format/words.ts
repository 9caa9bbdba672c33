// Values of the API's lists as words of an address: GIFT_CARD_ADJUSTMENT is gift-card-adjustment there. The API's numbers
// would mean nothing to people who read it.

type Names = Readonly<Record<string, string | number>>;

/** Every word of a list, in its order, without "not given". */
export function wordsOf(names: Names): string[] {
  return Object.keys(names)
    .filter((name) => typeof names[name] === "number" && names[name] !== 0)
    .map(toWord);
}

/** The value that a word stands for; 0, "not given", for any other text. */
export function ofWord<E extends number>(names: Readonly<Record<string, string | E>>, word: string): E {
  const value = names[word.toUpperCase().replaceAll("-", "_")];
  return (typeof value === "number" ? value : 0) as E; // a number in the address names its word, which is no number
}

/** The word of a value; empty for one that is not in the list. */
export function wordOf(names: Names, value: number): string {
  const name = names[value];
  return typeof name === "string" && value !== 0 ? toWord(name) : "";
}

function toWord(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}
