import { Button, NativeSelect } from "@mantine/core";
import { Role } from "@tillpost/client/financial";
import { SearchField } from "../../../parts/index.js";
import { useLocations } from "../../../shell/locations.js";
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
      <SearchField label={texts.find} hint={texts.findHint} value={filters.find} look={(find) => change({ find })} />
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
