import { Button, NativeSelect, TextInput } from "@mantine/core";
import { SearchField } from "../../../parts/index.js";
import { useLocations } from "../../../shell/locations.js";
import type { Search } from "../../../shell/search.js";
import { eventsTexts, kindNames, reasonTexts, stateNames } from "../../../texts/events.js";
import classes from "./events.module.css";
import {
  type Filters,
  hasFilters,
  kindOf,
  kindWords,
  noFilters,
  stateOf,
  stateWords,
  wordOfReason,
  wordsOfStates,
} from "./filters.js";

const texts = eventsTexts.filters;
const all = { value: "", label: texts.all };

/** The filters above the list; each stands in the address at once. */
export function FilterBar(props: { filters: Filters; search: Search; change(search: Search): void }) {
  const { filters, search, change } = props;
  const locations = useLocations(filters.locationId);
  const state = wordsOfStates(filters.states);
  return (
    <search className={classes.filters} aria-label={texts.label}>
      <NativeSelect
        label={texts.state}
        value={filters.reason === 0 ? state : `error/${wordOfReason(filters.reason)}`}
        data={[
          all,
          ...stateWords.map((word) => ({ value: word, label: stateNames[stateOf(word)] })),
          ...(filters.states.length > 1
            ? [{ value: state, label: filters.states.map((one) => stateNames[one]).join(", ") }]
            : []),
          ...(filters.reason === 0
            ? []
            : [{ value: `error/${wordOfReason(filters.reason)}`, label: reasonTexts[filters.reason].title }]),
        ]}
        onChange={(event) => change({ state: event.currentTarget.value.replace(/\/.*/, ""), reason: "" })}
      />
      <NativeSelect
        label={texts.kind}
        value={kindOf(search.kind ?? "") === 0 ? "" : search.kind}
        data={[all, ...kindWords.map((word) => ({ value: word, label: kindNames[kindOf(word)] }))]}
        onChange={(event) => change({ kind: event.currentTarget.value })}
      />
      <NativeSelect
        label={texts.location}
        value={filters.locationId}
        data={[all, ...locations]}
        onChange={(event) => change({ location: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={texts.from}
        value={filters.fromBusinessDate}
        max={filters.toBusinessDate}
        onChange={(event) => change({ from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={texts.to}
        value={filters.toBusinessDate}
        min={filters.fromBusinessDate}
        onChange={(event) => change({ to: event.currentTarget.value })}
      />
      <SearchField
        label={texts.search}
        hint={texts.searchHint}
        value={filters.search}
        most={64}
        look={(text) => change({ search: text })}
      />
      <Button
        variant="subtle"
        px="xs"
        className={hasFilters(filters) ? "" : classes.unseen}
        onClick={() => change(noFilters)}
      >
        {texts.clear}
      </Button>
    </search>
  );
}
