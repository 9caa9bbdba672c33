// Overview: totals, events by state over time, the table per day and location, the comparison, clearing accounts.
import { useQuery } from "@connectrpc/connect-query";
import { Skeleton, Stack } from "@mantine/core";
import { keepPreviousData, useQueryClient } from "@tanstack/react-query";
import { ConnectionHealth, FinancialService } from "@tillpost/client/financial";
import { useEffect } from "react";
import { refresh } from "../../api/queries.js";
import { Card, EmptyState, ErrorNotice, Notice } from "../../parts/index.js";
import { useLiveStatus } from "../../shell/live-status.js";
import { useRetailer } from "../../shell/retailer.js";
import { usePageSearch } from "../../shell/search.js";
import { overviewTexts } from "../../texts/overview.js";
import { Chart } from "./chart.js";
import { Clearing } from "./clearing.js";
import { Comparison } from "./comparison.js";
import { DayTable, DayTableLoading } from "./day-table.js";
import { joinRows } from "./figures.js";
import { FilterBar } from "./filter-bar.js";
import classes from "./overview.module.css";
import { daysOf, readRange } from "./range.js";
import { Totals } from "./totals.js";
import { useComparison } from "./use-comparison.js";

const texts = overviewTexts.table;

export default function OverviewPage() {
  const retailerId = useRetailer();
  const { status } = useLiveStatus();
  const [search, change] = usePageSearch();
  const range = readRange(search);
  const comparing = useComparison(range.from, range.to);
  useReadAgain();
  const { from, to, location: locationId } = range;
  const query = useQuery(
    FinancialService.method.getOverview,
    { retailerId, fromBusinessDate: from, toBusinessDate: to, locationId },
    { placeholderData: keepPreviousData, enabled: range.wrong === undefined },
  );
  const rows = query.data && joinRows(query.data.rows, comparing.days, locationId);
  const health = status?.connectionHealth;
  const connected = health === ConnectionHealth.GOOD || health === ConnectionHealth.RETRYING;
  const usual = !search.from && !search.to && !search.location;
  return (
    <Stack gap="md">
      <p className={classes.lead}>{overviewTexts.lead}</p>
      <FilterBar range={range} usual={usual} change={change} />
      {query.error !== null && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.data === undefined && query.isLoading && <FiguresLoading />}
      {query.data !== undefined && <Totals totals={query.data.totals} />}
      {query.data !== undefined && query.data.days.length > 0 && (
        <Chart days={daysOf(range)} figures={query.data.days} />
      )}
      <Comparison
        comparing={comparing}
        oneLocation={locationId !== ""}
        connected={connected && range.wrong === undefined}
      />
      <Card label={texts.title} padded={false}>
        <div className={classes.cardHead}>
          <h2 className={classes.cardTitle}>{texts.title}</h2>
          <p className={classes.lead}>{texts.note}</p>
          {query.data?.truncated && <Notice tone="warn">{texts.truncated}</Notice>}
        </div>
        {rows === undefined && query.error === null && <DayTableLoading />}
        {rows?.length === 0 && <EmptyState title={texts.empty}>{texts.emptyText}</EmptyState>}
        {rows !== undefined && rows.length > 0 && (
          <DayTable rows={rows} days={query.data?.days ?? []} stale={query.isPlaceholderData} />
        )}
      </Card>
      <Clearing />
    </Stack>
  );
}

/** Keeps the places of the totals and the chart, so that what is below them does not move when they come. */
function FiguresLoading() {
  return (
    <>
      <div className={classes.tiles} aria-busy="true">
        {["a", "b", "c", "d"].map((key) => (
          <div key={key} className={classes.tile}>
            <Skeleton height={12} width="50%" my={5} />
            <Skeleton height={22} width="70%" my={5} />
            <Skeleton height={12} width="40%" my={5} />
          </div>
        ))}
      </div>
      <Card>
        <Skeleton height={14} width={160} />
        <Skeleton height={232} mt="md" />
      </Card>
    </>
  );
}

/** How often the figures are read again, at most, while events move, in milliseconds: they cost more than a count. */
const againEveryMs = 10_000;

function useReadAgain() {
  const { status } = useLiveStatus();
  const queries = useQueryClient();
  const counts = status?.counts.map((c) => `${c.state} ${c.count}`).join();
  useEffect(() => {
    if (counts === undefined) {
      return;
    }
    const timer = setTimeout(() => {
      const { getOverview, listClearingAccounts } = FinancialService.method;
      void refresh(queries, getOverview, listClearingAccounts);
    }, againEveryMs);
    return () => clearTimeout(timer);
  }, [queries, counts]);
}
