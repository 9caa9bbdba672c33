// One of the two lists with its heading, whether QuickBooks tracks it, and what each line is mapped to.
import { Button } from "@mantine/core";
import { fromNow } from "../../../format/dates.js";
import { type Column, cutPage, DataTable, EmptyState, Notice, StateBadge, usePaging } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import { type ListTexts, locationsTexts } from "../../../texts/locations.js";
import { type Filters, hasFilters, type List, type Mapping, matches, matchesByName, type Named } from "./lists.js";
import classes from "./locations.module.css";
import { MapCell } from "./map-cell.js";
import { MatchButton } from "./match-button.js";

const pageSize = 50;

interface ListSectionProps {
  readonly texts: ListTexts;
  /** Undefined until the first answer. */
  readonly list: List | undefined;
  readonly imported: boolean;
  readonly error: unknown;
  readonly filters: Filters;
  onRetry(): void;
  clear(): void;
  useMap(): Mapping;
}

export function ListSection({ texts, list, imported, error, filters, onRetry, clear, useMap }: ListSectionProps) {
  const retailer = useRetailer();
  const paging = usePaging(`${retailer} ${JSON.stringify(filters)}`);
  const rows = list?.rows.filter((row) => matches(row, filters));
  const page = cutPage(rows, paging, pageSize);
  const filtered = hasFilters(filters);
  return (
    <section className={classes.section} aria-label={texts.title}>
      <Heading texts={texts} list={list} imported={imported} useMap={useMap} />
      {list !== undefined && imported && !list.tracked && (
        <Notice tone="warn" title={texts.off}>
          {texts.offText}
        </Notice>
      )}
      <DataTable
        label={texts.label}
        columns={columns(texts, list, imported, useMap)}
        rows={page.rows}
        rowKey={({ name }) => name}
        error={error}
        onRetry={onRetry}
        paging={paging}
        pageSize={pageSize}
        nextToken={page.nextToken}
        empty={
          <EmptyState
            title={filtered ? locationsTexts.filters.empty : texts.empty}
            action={
              filtered && (
                <Button variant="default" onClick={clear}>
                  {locationsTexts.filters.clear}
                </Button>
              )
            }
          >
            {filtered ? undefined : texts.emptyText}
          </EmptyState>
        }
      />
    </section>
  );
}

type HeadingProps = Pick<ListSectionProps, "texts" | "list" | "imported" | "useMap">;

function Heading({ texts, list, imported, useMap }: HeadingProps) {
  const { on, notOn, progress } = locationsTexts.table;
  const mapped = list?.rows.filter(({ target }) => target !== undefined).length ?? 0;
  return (
    <div className={classes.heading}>
      <div>
        <h3 className={classes.title}>
          {texts.title}{" "}
          {list !== undefined && imported && (
            <StateBadge tone={list.tracked ? "good" : "warn"} label={list.tracked ? on : notOn} />
          )}
        </h3>
        <p className={classes.hint}>
          {texts.lead}{" "}
          {list !== undefined && list.rows.length > 0 && (
            <span className="figure">{progress(mapped, list.rows.length)}.</span>
          )}
        </p>
      </div>
      <MatchButton found={list === undefined ? [] : matchesByName(list)} useMap={useMap} />
    </div>
  );
}

function columns(texts: ListTexts, list: List | undefined, imported: boolean, useMap: () => Mapping): Column<Named>[] {
  const nothing = imported ? texts.noneThere : texts.noTargets;
  return [
    { id: "name", header: texts.name, cell: ({ name }) => <span className={classes.name}>{name}</span> },
    {
      id: "target",
      header: texts.target,
      width: "22rem",
      cell: (row) => (
        <MapCell row={row} targets={list?.targets ?? []} nothing={nothing} texts={texts} useMap={useMap} />
      ),
    },
    {
      id: "mapped",
      header: locationsTexts.table.mappedBy,
      width: "18rem",
      cell: ({ updatedBy, updateTime }) =>
        updatedBy !== "" && (
          <span className={classes.hint}>{locationsTexts.table.by(updatedBy, fromNow(updateTime))}</span>
        ),
    },
  ];
}
