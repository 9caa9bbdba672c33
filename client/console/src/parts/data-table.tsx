import { Button, Checkbox, Group, Skeleton } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { partTexts } from "../texts/parts.js";
import classes from "./data-table.module.css";
import { FirstIcon, LeftIcon, RightIcon } from "./icons.js";
import { ErrorNotice } from "./notice.js";
import type { Paging } from "./paging.js";

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  cell(row: Row): ReactNode;
  /** Amounts and counts stand at the end of their column. */
  readonly end?: boolean;
  readonly hiddenOnPhone?: boolean;
  readonly width?: string;
}

export interface Selection<Row> {
  readonly chosen: ReadonlySet<string>;
  /** What a row is called, for screen readers. */
  name(row: Row): string;
  selectable(row: Row): boolean;
  change(chosen: ReadonlySet<string>): void;
}

/** On a phone the layout is no table's any more; these keep telling that it is one. */
const roles = { table: { role: "table" }, row: { role: "row" }, cell: { role: "cell" } };

interface DataTableProps<Row> {
  /** What the table holds, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** Undefined until the first answer. */
  readonly rows: readonly Row[] | undefined;
  rowKey(row: Row): string;
  /** True while what is shown is not yet what was asked for. */
  readonly stale?: boolean;
  readonly error?: unknown;
  onRetry?(): void;
  /** Shown in place of rows when there are none. */
  readonly empty: ReactNode;
  readonly paging?: Paging;
  readonly pageSize?: number;
  /** Token of the next page, from the newest answer. */
  readonly nextToken?: string;
  /** What a click anywhere in a row does; one cell must hold a button or link that does the same. */
  onRow?(row: Row): void;
  readonly selection?: Selection<Row>;
}

/** A table with its empty, loading and error states, cut into pages by the server. On a phone its rows are small cards. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, columns, selection, error } = props;
  const failed = error !== undefined && error !== null;
  return (
    <div className={classes.wrap}>
      {failed && (
        <div className={classes.problem}>
          <ErrorNotice
            error={error}
            {...(props.onRetry && { onRetry: props.onRetry })}
            {...(props.paging && { onFirstPage: props.paging.first })}
          />
        </div>
      )}
      {!(failed && rows === undefined) && (
        <div className={classes.scroll}>
          <table
            className={classes.table}
            {...roles.table}
            aria-label={props.label}
            aria-busy={rows === undefined || props.stale}
          >
            <Head columns={columns} rows={rows} rowKey={props.rowKey} selection={selection} />
            <tbody className={props.stale ? classes.stale : ""}>
              {rows === undefined ? <LoadingRows columns={columns} selectable={selection !== undefined} /> : null}
              {rows?.map((row) => (
                <Row key={props.rowKey(row)} row={row} table={props} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows?.length === 0 && !failed && props.empty}
      {props.paging && <Footer {...props} paging={props.paging} />}
    </div>
  );
}

function Head<Row>(props: {
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowKey(row: Row): string;
  selection: Selection<Row> | undefined;
}) {
  const { selection, rows = [] } = props;
  const keys = rows.filter((row) => selection?.selectable(row)).map(props.rowKey);
  const chosen = keys.filter((key) => selection?.chosen.has(key)).length;
  return (
    <thead>
      <tr>
        {selection && (
          <th className={classes.select} scope="col">
            <Checkbox
              size="xs"
              aria-label={partTexts.table.selectAll}
              checked={keys.length > 0 && chosen === keys.length}
              indeterminate={chosen > 0 && chosen < keys.length}
              disabled={keys.length === 0}
              onChange={(event) => selection.change(new Set(event.currentTarget.checked ? keys : []))}
            />
          </th>
        )}
        {props.columns.map((column) => (
          <th key={column.id} scope="col" className={column.end ? classes.end : ""} style={{ width: column.width }}>
            {column.header}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Row<Row>({ row, table }: { row: Row; table: DataTableProps<Row> }) {
  const { selection, onRow } = table;
  const key = table.rowKey(row);
  const choose = (checked: boolean) => {
    const chosen = new Set(selection?.chosen);
    checked ? chosen.add(key) : chosen.delete(key);
    selection?.change(chosen);
  };
  return (
    <tr
      {...roles.row}
      className={onRow ? classes.link : ""}
      onClick={(event) => {
        const inner = (event.target as Element).closest("a, button, input, label");
        if (inner === null) {
          onRow?.(row);
        }
      }}
    >
      {selection && (
        <td {...roles.cell} className={classes.select}>
          {selection.selectable(row) && (
            <Checkbox
              size="xs"
              aria-label={partTexts.table.select(selection.name(row))}
              checked={selection.chosen.has(key)}
              onChange={(event) => choose(event.currentTarget.checked)}
            />
          )}
        </td>
      )}
      {table.columns.map((column) => (
        <td key={column.id} {...roles.cell} className={cellClass(column)}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

function cellClass<Row>(column: Column<Row>): string {
  return [column.end && classes.end, column.hiddenOnPhone && classes.hiddenOnPhone].filter(Boolean).join(" ");
}

function LoadingRows<Row>(props: { columns: readonly Column<Row>[]; selectable: boolean }) {
  const id = useId();
  return Array.from({ length: 8 }, (_, row) => `${id}${row}`).map((key) => (
    <tr key={key}>
      {props.selectable && <td className={classes.select} />}
      {props.columns.map((column) => (
        <td key={column.id} className={cellClass(column)}>
          <Skeleton height={12} width={column.end ? "60%" : "75%"} ml={column.end ? "auto" : 0} />
        </td>
      ))}
    </tr>
  ));
}

function Footer<Row>(props: DataTableProps<Row> & { paging: Paging }) {
  const { paging, rows, nextToken = "", pageSize = 50 } = props;
  const texts = partTexts.table;
  if (paging.page === 1 && nextToken === "") {
    return null;
  }
  const from = (paging.page - 1) * pageSize + 1;
  return (
    <div className={classes.footer}>
      <span aria-live="polite" className="figure">
        {rows === undefined || rows.length === 0 ? texts.page(paging.page) : texts.rows(from, from + rows.length - 1)}
      </span>
      <Group gap="xs">
        {paging.page > 2 && (
          <Button variant="default" size="xs" aria-label={texts.first} onClick={paging.first}>
            <FirstIcon size={16} />
          </Button>
        )}
        <Button
          variant="default"
          size="xs"
          aria-label={texts.previous}
          disabled={paging.previous === undefined}
          onClick={paging.previous}
        >
          <LeftIcon size={16} />
        </Button>
        <Button
          variant="default"
          size="xs"
          aria-label={texts.next}
          disabled={nextToken === "" || props.stale === true}
          onClick={() => paging.next(nextToken)}
        >
          <RightIcon size={16} />
        </Button>
      </Group>
    </div>
  );
}
