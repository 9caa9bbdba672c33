// Settings > Financial > Locations: retail locations and item classes, and what they are in QuickBooks.
import { count, counted } from "../format/counts.js";

/** The words of one of the two lists. */
export interface ListTexts {
  readonly title: string;
  readonly lead: string;
  readonly off: string;
  readonly offText: string;
  readonly label: string;
  readonly name: string;
  readonly target: string;
  readonly of: (name: string) => string;
  readonly none: string;
  readonly empty: string;
  readonly emptyText: string;
  readonly noTargets: string;
  readonly noneThere: string;
  readonly mapped: (name: string, target: string) => string;
  readonly unmapped: (name: string) => string;
}

const locations: ListTexts = {
  title: "Locations",
  lead: "Lines of an entry carry the QuickBooks location of the store where it happened.",
  off: "QuickBooks does not track locations",
  offText:
    "Entries carry no location, whatever is mapped here. Turn on Track locations in QuickBooks under Account and settings, Advanced, Categories; then import again.",
  label: "Retail locations",
  name: "Location",
  target: "QuickBooks location",
  of: (name) => `QuickBooks location of ${name}`,
  none: "No location",
  empty: "No locations yet",
  emptyText: "A location appears here with the first event that names it.",
  noTargets: "Import them first",
  noneThere: "QuickBooks has none",
  mapped: (name, target) => `Entries of ${name} carry the location ${target} from now on.`,
  unmapped: (name) => `Entries of ${name} carry no location from now on.`,
};

const classes: ListTexts = {
  title: "Item classes",
  lead: "Lines of an entry carry the QuickBooks class of the items that they are about.",
  off: "QuickBooks does not track classes per line",
  offText:
    "Entries carry no class, whatever is mapped here. Turn on Track classes in QuickBooks under Account and settings, Advanced, Categories, with one class to each row; then import again.",
  label: "Item classes",
  name: "Item class",
  target: "QuickBooks class",
  of: (name) => `QuickBooks class of ${name}`,
  none: "No class",
  empty: "No item classes yet",
  emptyText: "An item class appears here with the first event that names it.",
  noTargets: "Import them first",
  noneThere: "QuickBooks has none",
  mapped: (name, target) => `Lines about ${name} carry the class ${target} from now on.`,
  unmapped: (name) => `Lines about ${name} carry no class from now on.`,
};

export const locationsTexts = {
  title: "Locations and classes",
  lead: "Say what your stores and item classes are called in QuickBooks. A change holds for entries made from now on; what is posted stays as it is.",
  locations,
  classes,
  import: {
    action: "Import from QuickBooks",
    first: "Import the locations and classes of your company from QuickBooks; then say which is which.",
    done: (places: number, kinds: number) =>
      `${counted(places, "location")} and ${counted(kinds, "class", "classes")} imported.`,
  },
  filters: {
    label: "Filters",
    search: "Search",
    searchHint: "Location or item class",
    show: "Show",
    all: "All",
    mapped: "Mapped",
    unmapped: "Not mapped",
    clear: "Clear filters",
    empty: "Nothing matches these filters",
  },
  table: {
    mappedBy: "Mapped",
    by: (who: string, when: string) => `by ${who} ${when}`,
    inactive: "inactive in QuickBooks",
    nothingFound: "Nothing found",
    on: "Tracked in QuickBooks",
    notOn: "Not tracked",
    progress: (mapped: number, all: number) => `${count(mapped)} of ${count(all)} mapped`,
  },
  match: {
    action: (n: number) => `Map ${count(n)} by name…`,
    title: (n: number) => `Map ${count(n)} by name?`,
    text: "These have the same name in QuickBooks. Those that are mapped already stay as they are.",
    pair: (name: string, target: string) => `${name} is ${target}`,
    more: (n: number) => `and ${count(n)} more`,
    confirm: "Map",
    progress: (done: number, all: number) => `${count(done)} of ${count(all)} mapped`,
    done: (n: number) => `${count(n)} mapped by name.`,
  },
} as const;
