// Settings > Financial > Configuration: which account each role and key has.
import { Button, SegmentedControl, Stack } from "@mantine/core";
import { useMemo, useState } from "react";
import { Card, EmptyState, ErrorNotice, Notice } from "../../../parts/index.js";
import { usePageLinks } from "../../../shell/links.js";
import { useRetailer } from "../../../shell/retailer.js";
import { type Search, usePageSearch } from "../../../shell/search.js";
import { configurationTexts } from "../../../texts/configuration.js";
import { useAccept, useSuggestions } from "./actions.js";
import classes from "./configuration.module.css";
import { CreateAccountsDialog } from "./create-accounts.js";
import { Editor } from "./editor.js";
import { FilterBar } from "./filter-bar.js";
import { History } from "./history.js";
import { Matrix, type MatrixActions } from "./matrix.js";
import { buildMatrix, type MatrixGroup, type Offers, offersOf } from "./matrix-rows.js";
import { Suggestions, toMappings } from "./suggestions.js";
import { useAccounts, usePlaces } from "./use-all.js";
import {
  addingTo,
  type Filters,
  hasFilters,
  noFilters,
  openedAt,
  type Place,
  readFilters,
  readOpened,
} from "./words.js";

const texts = configurationTexts;

export default function ConfigurationPage() {
  const [search, change] = usePageSearch();
  const places = usePlaces();
  const accounts = useAccounts();
  const suggested = useSuggestions(places.data);
  const found = suggested.data;
  const offers = useMemo(() => offersOf(found), [found]);
  const open = (place: Place) => change(openedAt(place), { push: true });
  const history = search.view === "history";
  const optional = new Set(places.data?.filter((use) => use.optional).map((use) => use.slot?.role));
  return (
    <Stack gap="md">
      {accounts.data?.length === 0 && <NoAccounts />}
      <div className={classes.bar}>
        <SegmentedControl
          aria-label={texts.view.label}
          data={[
            { value: "", label: texts.view.mapping },
            { value: "history", label: texts.view.history },
          ]}
          value={history ? "history" : ""}
          onChange={(view) => change({ view })}
        />
        <Suggestions
          found={found}
          loading={suggested.isFetching && found === undefined}
          retry={suggested.isError && !suggested.isFetching ? () => void suggested.refetch() : undefined}
          optional={({ slot }) => slot !== undefined && optional.has(slot.role)}
        />
      </div>
      {history ? (
        <History open={open} />
      ) : (
        <Mapping places={places} offers={suggested.isLoading ? undefined : offers} search={search} change={change} />
      )}
      {accounts.error && <ErrorNotice error={accounts.error} onRetry={() => void accounts.refetch()} />}
      {places.data !== undefined && accounts.data !== undefined && (
        <Editor
          places={places.data}
          accounts={accounts.data}
          offers={offers}
          opened={readOpened(search)}
          change={change}
        />
      )}
    </Stack>
  );
}

function NoAccounts() {
  const links = usePageLinks();
  return (
    <Notice
      tone="warn"
      title={texts.noAccounts.title}
      actions={
        <Button variant="default" size="xs" component="a" href={links.href("status")} onClick={links.follow}>
          {texts.noAccounts.action}
        </Button>
      }
    >
      {texts.noAccounts.text}
    </Notice>
  );
}

interface MappingProps {
  readonly places: ReturnType<typeof usePlaces>;
  /** Undefined until they are known: they make rows taller, which would move those below from under one's eyes. */
  readonly offers: Offers | undefined;
  readonly search: Search;
  change(search: Search, how?: { push?: boolean }): void;
}

/** The matrix with its filters. */
function Mapping({ places, offers, search, change }: MappingProps) {
  const retailerId = useRetailer();
  const accept = useAccept();
  const [creating, setCreating] = useState("");
  const { find, role, location, show } = readFilters(search);
  const groups = useMemo(
    () => places.data && offers && buildMatrix(places.data, offers, { find, role, location, show }),
    [places.data, offers, find, role, location, show],
  );
  const actions: MatrixActions = {
    open: (place) => change(openedAt(place), { push: true }),
    add: (to) => change(addingTo(to), { push: true }),
    accept: (suggestion) => accept.mutate({ retailerId, mappings: toMappings([suggestion]) }),
    accepting: accept.isPending,
    create: (account) => setCreating(account.fullyQualifiedName),
  };
  const failed = places.error !== null;
  return (
    <>
      <FilterBar filters={{ find, role, location, show }} change={change} />
      {creating !== "" && <CreateAccountsDialog only={creating} onClose={() => setCreating("")} />}
      {accept.error && <ErrorNotice error={accept.error} onDismiss={accept.reset} />}
      {failed && <ErrorNotice error={places.error} onRetry={() => void places.refetch()} />}
      {!(failed && groups === undefined) && (
        <Card padded={false}>
          <div className={classes.sheet}>
            <Matrix
              groups={groups}
              filtered={find !== "" || role !== 0 || show === "attention" || show === "suggested"}
              actions={actions}
            />
            {groups?.length === 0 && (
              <Nothing filters={{ find, role, location, show }} groups={groups} change={change} />
            )}
          </div>
        </Card>
      )}
    </>
  );
}

/** What stands in place of rows: nothing is used yet, nothing needs anyone, or nothing matches. */
function Nothing(props: { filters: Filters; groups: readonly MatrixGroup[]; change(search: Search): void }) {
  const { filters, change } = props;
  const links = usePageLinks();
  if (!hasFilters(filters)) {
    return <EmptyState title={texts.matrix.empty}>{texts.matrix.emptyText}</EmptyState>;
  }
  const clear = (
    <Button variant="default" onClick={() => change(noFilters)}>
      {texts.filters.clear}
    </Button>
  );
  const fixed = filters.show === "attention" && !hasFilters({ ...filters, show: "" });
  if (!fixed) {
    return <EmptyState title={texts.matrix.emptyFiltered} action={clear} />;
  }
  const events = (
    <Button component="a" href={links.href("events")} onClick={links.follow}>
      {texts.matrix.events}
    </Button>
  );
  return (
    <EmptyState title={texts.matrix.fixed} action={events}>
      {texts.matrix.fixedText}
    </EmptyState>
  );
}
