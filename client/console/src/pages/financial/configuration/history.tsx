// Who chose what when: of the whole mapping, or of one place.

import { useQuery } from "@connectrpc/connect-query";
import { keepPreviousData } from "@tanstack/react-query";
import { FinancialService, type MappingChange } from "@tillpost/client/financial";
import { businessDate, time } from "../../../format/dates.js";
import { AccountName, type Column, DataTable, EmptyState, ErrorNotice, usePaging } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import { configurationTexts, placeName } from "../../../texts/configuration.js";
import classes from "./configuration.module.css";
import type { Place } from "./words.js";

const texts = configurationTexts.history;
const { listMappingChanges } = FinancialService.method;
const pageSize = 50;
/** How many changes of one place are shown beside it. */
const placeSize = 10;

/** Every change of the mapping, newest first. */
export function History({ open }: { open(place: Place): void }) {
  const retailerId = useRetailer();
  const paging = usePaging(retailerId);
  const query = useQuery(
    listMappingChanges,
    { retailerId, pageSize, pageToken: paging.token },
    { placeholderData: keepPreviousData },
  );
  return (
    <DataTable
      label={texts.label}
      columns={columns(open)}
      rows={query.data?.changes}
      rowKey={(row) => String(row.version)}
      stale={query.isPlaceholderData}
      error={query.error}
      onRetry={() => void query.refetch()}
      paging={paging}
      pageSize={pageSize}
      nextToken={query.data?.nextPageToken ?? ""}
      onRow={(row) => row.slot && open(row.slot)}
      empty={<EmptyState title={texts.empty}>{texts.emptyText}</EmptyState>}
    />
  );
}

function columns(open: (place: Place) => void): Column<MappingChange>[] {
  return [
    {
      id: "place",
      header: texts.columns.place,
      width: "26%",
      cell: ({ slot }) =>
        slot && (
          <button type="button" className={classes.link} onClick={() => open(slot)}>
            {placeName(slot)}
          </button>
        ),
    },
    {
      id: "change",
      header: texts.columns.change,
      cell: (row) => (
        <>
          <Change row={row} />
          <div className={classes.quiet}>{applied(row)}</div>
        </>
      ),
    },
    { id: "when", header: texts.columns.when, width: "12.5rem", cell: (row) => time(row.changeTime) },
    { id: "by", header: texts.columns.by, width: "9rem", cell: (row) => row.changedBy },
  ];
}

function applied({ effectiveDate }: MappingChange): string {
  return texts.applied(businessDate(effectiveDate));
}

/** From which account to which. */
function Change({ row }: { row: MappingChange }) {
  const account = (id: string, name: string) => (id === "" ? texts.nothing : <AccountName id={id} name={name} />);
  return (
    <>
      {row.previousAccountId !== "" && (
        <span className={classes.before}>{account(row.previousAccountId, row.previousAccountName)} → </span>
      )}
      {account(row.accountId, row.accountName)}
    </>
  );
}

/** The newest changes of one place. */
export function PlaceHistory({ place }: { place: Place }) {
  const retailerId = useRetailer();
  const query = useQuery(listMappingChanges, { retailerId, pageSize: placeSize, slot: place });
  if (query.error) {
    return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  }
  const changes = query.data?.changes ?? [];
  return (
    <section aria-busy={query.isPending}>
      <h3 className={classes.subtitle}>{texts.title}</h3>
      {query.isSuccess && changes.length === 0 && <div className={classes.quiet}>{texts.none}</div>}
      <ol className={classes.list}>
        {changes.map((change) => (
          <li key={String(change.version)}>
            <Change row={change} />
            <div className={classes.quiet}>
              {applied(change)} · {time(change.changeTime)} · {change.changedBy}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
