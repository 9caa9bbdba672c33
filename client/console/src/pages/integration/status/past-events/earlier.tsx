import { useQuery } from "@connectrpc/connect-query";
import { keepPreviousData } from "@tanstack/react-query";
import type { Backfill } from "@tillpost/client/financial";
import { IntegrationService } from "@tillpost/client/integration";
import { time } from "../../../../format/dates.js";
import { type Column, DataTable, EmptyState, StateBadge, usePaging } from "../../../../parts/index.js";
import { useRetailer } from "../../../../shell/retailer.js";
import { backfillNames, backfillTones, pastTexts } from "../../../../texts/past-events.js";
import classes from "./past-events.module.css";

const pageSize = 10;
const texts = pastTexts.earlier;

/** The backfills before the one that is shown; nothing where there are none. */
export function EarlierBackfills({ shown }: { shown: Backfill }) {
  const retailerId = useRetailer();
  const paging = usePaging(retailerId);
  const query = useQuery(
    IntegrationService.method.listBackfills,
    { retailerId, pageSize, pageToken: paging.token },
    { placeholderData: keepPreviousData },
  );
  const rows = query.data?.backfills.filter(({ backfillId }) => backfillId !== shown.backfillId);
  if (shown.backfillId === "1" || (rows?.length === 0 && paging.page === 1)) {
    return null;
  }
  return (
    <div>
      <h3 className={classes.title}>{texts.title}</h3>
      <DataTable
        label={texts.label}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.backfillId}
        stale={query.isPlaceholderData}
        error={query.error}
        onRetry={() => void query.refetch()}
        paging={paging}
        pageSize={pageSize}
        nextToken={query.data?.nextPageToken ?? ""}
        empty={<EmptyState title={texts.empty} />}
      />
    </div>
  );
}

const columns: Column<Backfill>[] = [
  { id: "dates", header: texts.dates, cell: (row) => pastTexts.range(row.fromBusinessDate, row.toBusinessDate) },
  {
    id: "started",
    header: texts.started,
    cell: (row) => (
      <>
        {time(row.startTime)} <span className={classes.hint}>{texts.by(row.startedBy)}</span>
      </>
    ),
  },
  {
    id: "state",
    header: texts.state,
    cell: (row) => <StateBadge tone={backfillTones[row.state]} label={backfillNames[row.state]} />,
  },
  {
    id: "booked",
    header: texts.booked,
    end: true,
    cell: (row) => <span className="figure">{texts.of(row.bookedCount, row.totalCount)}</span>,
  },
];
