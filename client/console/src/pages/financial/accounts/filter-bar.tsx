import { Button, NativeSelect } from "@mantine/core";
import { SearchField } from "../../../parts/index.js";
import type { Search } from "../../../shell/search.js";
import { accountStates, accountsTexts, accountTypeNames } from "../../../texts/accounts.js";
import classes from "./accounts.module.css";
import { type Filters, hasFilters, noFilters, stateWords, typeOf, typeWords } from "./filters.js";

const texts = accountsTexts.filters;

/** The filters above the chart; each stands in the address at once. */
export function FilterBar(props: { filters: Filters; search: Search; change(search: Search): void }) {
  const { filters, search, change } = props;
  return (
    <search className={classes.filters} aria-label={texts.label}>
      <SearchField
        label={texts.search}
        hint={texts.searchHint}
        value={filters.search}
        look={(find) => change({ find })}
      />
      <NativeSelect
        label={texts.type}
        value={filters.type === 0 ? "" : search.type}
        data={[
          { value: "", label: texts.allTypes },
          ...typeWords.map((word) => ({ value: word, label: accountTypeNames[typeOf(word)] })),
        ]}
        onChange={(event) => change({ type: event.currentTarget.value })}
      />
      <NativeSelect
        label={texts.state}
        value={filters.state}
        data={[
          { value: "", label: texts.allStates },
          ...stateWords.map((word) => ({ value: word, label: accountStates[word] })),
        ]}
        onChange={(event) => change({ state: event.currentTarget.value })}
      />
      {hasFilters(filters) && (
        <Button variant="subtle" px="xs" onClick={() => change(noFilters)}>
          {texts.clear}
        </Button>
      )}
    </search>
  );
}
