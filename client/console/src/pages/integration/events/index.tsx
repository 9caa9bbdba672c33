// Integrations > QuickBooks Online > Financial Events: counts, causes, the list, and one event in a drawer.
import { useQuery } from "@connectrpc/connect-query";
import { Button, Stack, VisuallyHidden } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { EventState, type EventView, FinancialService } from "@tillpost/client/financial";
import { useRef, useState } from "react";
import { useMayManage } from "../../../api/context.js";
import { businessDate } from "../../../format/dates.js";
import {
  AmountCell,
  type Column,
  DataTable,
  EmptyState,
  firstPage,
  StateBadge,
  useAddressedPaging,
} from "../../../parts/index.js";
import { useLiveStatus } from "../../../shell/live-status.js";
import { useRetailer } from "../../../shell/retailer.js";
import { type Search, usePageSearch } from "../../../shell/search.js";
import { tally } from "../../../shell/tally.js";
import { eventsTexts, kindNames, reasonTexts, stateNames, stateTones } from "../../../texts/events.js";
import { Causes } from "./causes.js";
import { EventDrawer } from "./event-drawer.js";
import classes from "./events.module.css";
import { FilterBar } from "./filter-bar.js";
import { hasFilters, noFilters, readFilters, wordsOfStates } from "./filters.js";
import { SelectionBar } from "./selection-bar.js";
import { Tiles } from "./tiles.js";

const pageSize = 50;
const texts = eventsTexts.table;

export default function EventsPage() {
  const retailerId = useRetailer();
  const mayManage = useMayManage();
  const { status } = useLiveStatus();
  const [search, change] = usePageSearch();
  const filters = readFilters(search);
  const paging = useAddressedPaging(`${retailerId} ${JSON.stringify(filters)}`, search, change);
  const filter = (changed: Search) => change({ ...changed, ...firstPage });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const query = useQuery(
    FinancialService.method.listEvents,
    { retailerId, pageSize, pageToken: paging.token, ...filters },
    { placeholderData: keepPreviousData },
  );
  const rows = query.data?.events;
  const sums = tally(status);
  const open = (event: EventView) => change({ event: event.event?.eventId ?? "" }, { push: true });
  const filtered = hasFilters(filters);
  const list = useRef<HTMLDivElement>(null);
  const show = (changed: Search) => {
    filter(changed);
    list.current?.scrollIntoView({ block: "start" }); // what was asked for may lie below the window
  };
  const selected = (rows ?? []).filter((row) => chosen.has(rowKey(row)));
  return (
    <Stack gap="md">
      <Tiles sums={sums} state={filters.reason === 0 ? wordsOfStates(filters.states) : ""} change={filter} />
      <Causes causes={sums?.causes ?? []} change={show} />
      <div ref={list} className={classes.list}>
        <FilterBar filters={filters} search={search} change={filter} />
        <VisuallyHidden role="status">
          {filtered && rows && !query.isPlaceholderData && texts.found(rows.length, query.data?.nextPageToken !== "")}
        </VisuallyHidden>
        <DataTable
          label={texts.label}
          columns={columns(open)}
          rows={rows}
          rowKey={rowKey}
          stale={query.isPlaceholderData}
          error={query.error}
          onRetry={() => void query.refetch()}
          paging={paging}
          pageSize={pageSize}
          nextToken={query.data?.nextPageToken ?? ""}
          onRow={open}
          empty={
            <EmptyState
              title={filtered ? texts.emptyFiltered : texts.empty}
              action={
                filtered && (
                  <Button variant="default" onClick={() => filter(noFilters)}>
                    {eventsTexts.filters.clear}
                  </Button>
                )
              }
            >
              {filtered ? undefined : texts.emptyText}
            </EmptyState>
          }
          {...(mayManage && { selection: { chosen, change: setChosen, selectable, name: selectionName } })}
        />
      </div>
      <SelectionBar selected={selected} clear={() => setChosen(new Set())} />
      <EventDrawer eventId={search.event ?? ""} onClose={() => change({ event: "" })} />
    </Stack>
  );
}

function rowKey(row: EventView): string {
  return row.event?.eventId ?? "";
}

function selectionName(row: EventView): string {
  return texts.name(row.event?.number ?? "");
}

/** What is on its way or in QuickBooks can be neither retried nor skipped. */
function selectable(row: EventView): boolean {
  return row.state !== EventState.SYNCED && row.state !== EventState.PROCESSING;
}

function columns(open: (row: EventView) => void): Column<EventView>[] {
  return [
    {
      id: "number",
      header: texts.number,
      cell: (row) => (
        <button
          type="button"
          className={classes.number}
          aria-label={texts.open(row.event?.number ?? "")}
          onClick={() => open(row)}
        >
          {row.event?.number}
        </button>
      ),
    },
    { id: "date", header: texts.date, width: "8rem", cell: (row) => businessDate(row.event?.businessDate ?? "") },
    { id: "kind", header: texts.kind, cell: (row) => kindNames[row.kind] },
    { id: "location", header: texts.location, hiddenOnPhone: true, cell: (row) => row.event?.locationId },
    { id: "state", header: texts.state, cell: (row) => <StateCell row={row} /> },
    {
      id: "amount",
      header: texts.amount,
      end: true,
      width: "9rem",
      cell: (row) => <AmountCell amount={row.amount} currency={row.event?.currencyCode ?? ""} />,
    },
  ];
}

function StateCell({ row }: { row: EventView }) {
  return (
    <span className={classes.state}>
      <StateBadge
        tone={stateTones[row.state]}
        label={row.problem === undefined ? stateNames[row.state] : reasonTexts[row.problem.reason].title}
      />
    </span>
  );
}
