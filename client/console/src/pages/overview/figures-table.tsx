import type { ReactNode } from "react";
import classes from "./overview.module.css";

export interface FiguresColumn<Row> {
  readonly id: string;
  readonly header: string;
  cell(row: Row): ReactNode;
  /** Figures stand at the end of their column. */
  readonly end?: boolean;
  /** Stays on one line: dates, numbers. */
  readonly short?: boolean;
  /** Takes the width that is left; on a phone, all of it. */
  readonly wide?: boolean;
}

interface FiguresTableProps<Row> {
  readonly label: string;
  readonly columns: readonly FiguresColumn<Row>[];
  readonly rows: readonly Row[];
  rowKey(row: Row): string;
  rowClass?(row: Row): string | undefined;
}

function classOf(column: { end?: boolean; short?: boolean; wide?: boolean }): string {
  return [column.end && classes.end, column.short && classes.short, column.wide && classes.wide]
    .filter(Boolean)
    .join(" ");
}

/** On a phone the layout is no table's any more; these keep telling that it is one. */
const roles = { table: { role: "table" }, row: { role: "row" }, cell: { role: "cell" } };

/** A table of several figures side by side. On a phone each row is a small sheet on which every figure has its name. */
export function FiguresTable<Row>(props: FiguresTableProps<Row>) {
  return (
    <table className={classes.table} {...roles.table} aria-label={props.label}>
      <thead>
        <tr>
          {props.columns.map((column) => (
            <th key={column.id} scope="col" className={classOf(column)}>
              {column.header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <tr key={props.rowKey(row)} {...roles.row} className={props.rowClass?.(row)}>
            {props.columns.map((column) => (
              <td key={column.id} {...roles.cell} className={classOf(column)}>
                <span className={classes.cellName} aria-hidden="true">
                  {column.header}
                </span>
                <div className={classes.cellValue}>{column.cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
