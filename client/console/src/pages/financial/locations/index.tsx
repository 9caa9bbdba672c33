// Settings > Financial > Locations: what the retailer's locations and item classes are called in QuickBooks.
import { useMutation, useQuery } from "@connectrpc/connect-query";
import { Button, NativeSelect, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { FinancialService, type ListLocationsResponse } from "@tillpost/client/financial";
import { Connection_State, IntegrationService } from "@tillpost/client/integration";
import { useMemo, useState } from "react";
import { useMayManage } from "../../../api/context.js";
import { refresh } from "../../../api/queries.js";
import { ErrorNotice, Notice, PageHeader, SearchField } from "../../../parts/index.js";
import { useConnection } from "../../../shell/connection.js";
import { usePageLinks } from "../../../shell/links.js";
import { useRetailer } from "../../../shell/retailer.js";
import { type Search, usePageSearch } from "../../../shell/search.js";
import { errorTexts, wayOutLabels } from "../../../texts/errors.js";
import { locationsTexts } from "../../../texts/locations.js";
import { ListSection } from "./list-section.js";
import {
  classesOf,
  type Filters,
  hasFilters,
  locationsOf,
  noFilters,
  readFilters,
  useMapItemClass,
  useMapLocation,
} from "./lists.js";
import classes from "./locations.module.css";

const { listLocations } = FinancialService.method;
const { getConnection, importLocations } = IntegrationService.method;

export default function LocationsPage() {
  const retailerId = useRetailer();
  const query = useQuery(listLocations, { retailerId });
  const [search, change] = usePageSearch();
  const filters = readFilters(search);
  const { data } = query;
  const [read, setRead] = useState(false);
  const places = useMemo(() => data && locationsOf(data), [data]);
  const kinds = useMemo(() => data && classesOf(data), [data]);
  const shared = {
    imported: data !== undefined && (read || isImported(data)),
    error: data === undefined ? query.error : undefined,
    filters,
    onRetry: () => void query.refetch(),
    clear: () => change(noFilters),
  };
  return (
    <div>
      <Header onImport={() => setRead(true)} />
      <Stack gap="lg">
        {data !== undefined && !shared.imported && <Notice tone="quiet">{locationsTexts.import.first}</Notice>}
        <FilterBar filters={filters} change={change} />
        <ListSection texts={locationsTexts.locations} list={places} useMap={useMapLocation} {...shared} />
        <ListSection texts={locationsTexts.classes} list={kinds} useMap={useMapItemClass} {...shared} />
      </Stack>
    </div>
  );
}

/** Before the first import nothing is known of the company: not even that it tracks nothing, and has nothing. */
function isImported(answer: ListLocationsResponse): boolean {
  return (
    answer.locationTrackingEnabled ||
    answer.classTrackingEnabled ||
    answer.quickbooksLocations.length > 0 ||
    answer.quickbooksClasses.length > 0
  );
}

/** The heading with the import, what became of it, and the way to the connection where there is none. */
function Header({ onImport }: { onImport(): void }) {
  const retailerId = useRetailer();
  const mayManage = useMayManage();
  const queries = useQueryClient();
  const links = usePageLinks();
  const connection = useConnection().data?.connection;
  const connected = connection?.state === Connection_State.CONNECTED;
  const apart = connection !== undefined && !connected;
  const read = useMutation(importLocations, {
    onSuccess: async ({ locations, classes: kinds }) => {
      onImport();
      notifications.show({ message: locationsTexts.import.done(locations.length, kinds.length) });
      await refresh(queries, listLocations, getConnection);
    },
  });
  const run = () => read.mutate({ retailerId });
  return (
    <Stack gap="md" mb={read.error || apart ? "lg" : 0}>
      <PageHeader
        title={locationsTexts.title}
        lead={locationsTexts.lead}
        actions={
          <Button variant="default" disabled={!mayManage || !connected} loading={read.isPending} onClick={run}>
            {locationsTexts.import.action}
          </Button>
        }
      />
      {read.error && <ErrorNotice error={read.error} onRetry={run} onDismiss={read.reset} />}
      {apart && (
        <Notice
          tone="warn"
          actions={
            <Button component="a" size="xs" variant="default" href={links.href("status") ?? ""} onClick={links.follow}>
              {wayOutLabels.connect}
            </Button>
          }
        >
          {errorTexts.NOT_CONNECTED?.sentence}
        </Notice>
      )}
    </Stack>
  );
}

/** One pair of filters for both lists, in the address. */
function FilterBar({ filters, change }: { filters: Filters; change(search: Search): void }) {
  const texts = locationsTexts.filters;
  return (
    <search className={classes.filters} aria-label={texts.label}>
      <SearchField
        label={texts.search}
        hint={texts.searchHint}
        value={filters.find}
        look={(find) => change({ find })}
      />
      <NativeSelect
        label={texts.show}
        value={filters.show}
        data={[
          { value: "", label: texts.all },
          { value: "mapped", label: texts.mapped },
          { value: "unmapped", label: texts.unmapped },
        ]}
        onChange={(event) => change({ show: event.currentTarget.value })}
      />
      {hasFilters(filters) && (
        <Button variant="subtle" px="xs" onClick={() => change(noFilters)}>
          {texts.clear}
        </Button>
      )}
    </search>
  );
}
