import { useQuery } from "@connectrpc/connect-query";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { FinancialService, Role } from "@tillpost/client/financial";
import { useEffect, useState } from "react";
import { SearchIcon } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import type { Search } from "../../../shell/search.js";
import { configurationTexts } from "../../../texts/configuration.js";
import { roleNames } from "../../../texts/events.js";
import classes from "./configuration.module.css";
import { type Filters, hasFilters, noFilters, roleOf, roleWords, shows, wordOfRole } from "./words.js";

const texts = configurationTexts.filters;

/** The filters above the matrix; each stands in the address at once. */
export function FilterBar({ filters, change }: { filters: Filters; change(search: Search): void }) {
  const locations = useLocations(filters.location);
  const roles = roleWords.map((word) => ({ value: word, label: roleNames[roleOf(word)] }));
  return (
    <search className={classes.filters} aria-label={texts.label}>
      <FindFilter value={filters.find} change={change} />
      <NativeSelect
        label={texts.show}
        value={filters.show}
        data={["" as const, ...shows].map((show) => ({ value: show, label: texts.shows[show] }))}
        onChange={(event) => change({ show: event.currentTarget.value })}
      />
      <NativeSelect
        label={texts.role}
        value={filters.role === Role.UNSPECIFIED ? "" : wordOfRole(filters.role)}
        data={[{ value: "", label: texts.allRoles }, ...roles]}
        onChange={(event) => change({ role: event.currentTarget.value })}
      />
      <NativeSelect
        label={texts.location}
        value={filters.location}
        data={[{ value: "", label: texts.allLocations }, ...locations]}
        onChange={(event) => change({ location: event.currentTarget.value })}
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

function FindFilter({ value, change }: { value: string; change(search: Search): void }) {
  const [typed, setTyped] = useState(value);
  const apply = useDebouncedCallback((find: string) => change({ find: find.trim() }), 250);
  useEffect(() => setTyped((old) => (old.trim() === value ? old : value)), [value]);
  return (
    <TextInput
      label={texts.find}
      placeholder={texts.findHint}
      leftSection={<SearchIcon size={16} />}
      value={typed}
      maxLength={100}
      autoComplete="off"
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
    />
  );
}

/** The retailer's locations; the one of a shared link is among them although it may be new. */
export function useLocations(chosen: string): string[] {
  const retailerId = useRetailer();
  const { data } = useQuery(FinancialService.method.listLocations, { retailerId }, { staleTime: 60_000 });
  const names = new Set(data?.locations.map((location) => location.locationId));
  if (chosen !== "") {
    names.add(chosen);
  }
  return [...names].sort();
}
