import { useQuery } from "@connectrpc/connect-query";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { FinancialService } from "@tillpost/client/financial";
import { useEffect, useState } from "react";
import { useRetailer } from "../../../shell/retailer.js";
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
      <SearchFilter value={filters.search} change={change} />
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

/** Asks when typing pauses, not for every key. */
function SearchFilter({ value, change }: { value: string; change(search: Search): void }) {
  const [typed, setTyped] = useState(value);
  const apply = useDebouncedCallback((text: string) => change({ search: text.trim() }), 350);
  useEffect(() => setTyped(value), [value]);
  return (
    <TextInput
      label={texts.search}
      placeholder={texts.searchHint}
      value={typed}
      maxLength={64}
      autoComplete="off"
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
    />
  );
}

/** The retailer's locations; the one of a shared link is among them although it may be new. */
function useLocations(chosen: string): string[] {
  const retailerId = useRetailer();
  const { data } = useQuery(FinancialService.method.listLocations, { retailerId }, { staleTime: 60_000 });
  const names = new Set(data?.locations.map((location) => location.locationId));
  if (chosen !== "") {
    names.add(chosen);
  }
  return [...names].sort();
}
