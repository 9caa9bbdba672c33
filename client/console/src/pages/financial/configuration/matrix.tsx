// The matrix: a row for each role and key, and below it one for each location that differs.
import { Button, Skeleton } from "@mantine/core";
import type { MappingSuggestion, MissingAccount, Role } from "@tillpost/client/financial";
import { useState } from "react";
import { useMayManage } from "../../../api/context.js";
import { businessDate } from "../../../format/dates.js";
import { AccountName, ChevronIcon, StateBadge } from "../../../parts/index.js";
import { configurationTexts, keyName, placeName, roleTexts } from "../../../texts/configuration.js";
import { roleNames } from "../../../texts/events.js";
import { Confidence } from "./account-picker.js";
import classes from "./matrix.module.css";
import { hasKeys, type MatrixGroup, type MatrixRow } from "./matrix-rows.js";
import type { Place } from "./words.js";

const texts = configurationTexts.matrix;
/** Groups of more rows begin closed, unless someone is needed there or a filter has chosen them. */
const openedUpTo = 20;
/** How many rows of a group are shown at once. */
const rowsAtOnce = 100;

/** On a phone the layout is no table's any more; these keep telling that it is one. */
const roles = {
  table: { role: "table" },
  group: { role: "rowgroup" },
  row: { role: "row" },
  header: { role: "rowheader" },
  cell: { role: "cell" },
};

export interface MatrixActions {
  open(place: Place): void;
  add(role: Role): void;
  accept(suggestion: MappingSuggestion): void;
  create(account: MissingAccount): void;
  readonly accepting: boolean;
}

export function Matrix(props: {
  groups: readonly MatrixGroup[] | undefined;
  filtered: boolean;
  actions: MatrixActions;
}) {
  const { columns } = texts;
  return (
    <table className={classes.table} {...roles.table} aria-label={texts.label} aria-busy={props.groups === undefined}>
      <thead className={classes.columns}>
        <tr>
          {[columns.key, columns.account, columns.source, columns.action].map((column) => (
            <th key={column} scope="col" className={classes.column}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      {props.groups === undefined && <LoadingRows />}
      {props.groups?.map((group) => (
        <Group key={group.role} group={group} filtered={props.filtered} actions={props.actions} />
      ))}
    </table>
  );
}

function LoadingRows() {
  return (
    <tbody>
      {["a", "b", "c", "d", "e", "f", "g", "h"].map((key) => (
        <tr key={key}>
          {["60%", "75%", "50%", "40%"].map((width) => (
            <td key={width} className={classes.cell}>
              <Skeleton height={12} width={width} />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

function Group({ group, filtered, actions }: { group: MatrixGroup; filtered: boolean; actions: MatrixActions }) {
  const mayManage = useMayManage();
  const { role, rows, attention } = group;
  const [chosen, setChosen] = useState<boolean | undefined>(undefined);
  const [limit, setLimit] = useState(rowsAtOnce);
  const opened = chosen ?? (filtered || attention > 0 || rows.length <= openedUpTo);
  const shown = opened ? rows.slice(0, limit) : [];
  return (
    <tbody className={classes.group} {...roles.group}>
      <tr className={classes.headRow} {...roles.row}>
        <th colSpan={4} scope="rowgroup" className={classes.head} {...roles.header}>
          <div className={classes.headLine}>
            <button type="button" className={classes.toggle} aria-expanded={opened} onClick={() => setChosen(!opened)}>
              <span className={classes.chevron}>
                <ChevronIcon size={16} />
              </span>
              {roleNames[role]}
              <span className={classes.count}>{texts.places(rows.length)}</span>
            </button>
            {attention > 0 && <StateBadge tone="bad" label={texts.attention(attention)} />}
            <span className={classes.hint}>{roleTexts[role].hint}</span>
            {hasKeys(role) && mayManage && (
              <Button
                variant="subtle"
                size="compact-xs"
                aria-label={texts.addLabel(role)}
                onClick={() => actions.add(role)}
              >
                {texts.add(role)}
              </Button>
            )}
          </div>
        </th>
      </tr>
      {shown.map((row) => (
        <Row key={row.id} row={row} actions={actions} />
      ))}
      {opened && rows.length > limit && (
        <tr {...roles.row}>
          <td colSpan={4} className={classes.cell} {...roles.cell}>
            <Button variant="subtle" size="xs" onClick={() => setLimit(limit + rowsAtOnce)}>
              {texts.more(Math.min(rowsAtOnce, rows.length - limit))}
            </Button>
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Row({ row, actions }: { row: MatrixRow; actions: MatrixActions }) {
  const mayManage = useMayManage();
  const { place, below, suggestion, creatable } = row;
  const name = placeName(place);
  const filled = row.mapping !== undefined;
  return (
    <tr
      {...roles.row}
      className={classes.row}
      data-bad={row.attention || undefined}
      data-below={below || undefined}
      onClick={(event) => {
        if ((event.target as Element).closest("button") === null) {
          actions.open(place);
        }
      }}
    >
      <th scope="row" className={`${classes.cell} ${classes.key}`} {...roles.header}>
        {below ? texts.at(place.locationId) : keyName(place.role, place.key)}
      </th>
      <td {...roles.cell} className={`${classes.cell} ${classes.account}`}>
        <AccountCell row={row} />
      </td>
      <td {...roles.cell} className={`${classes.cell} ${classes.source}`}>
        <SourceCell row={row} />
      </td>
      <td {...roles.cell} className={`${classes.cell} ${classes.action}`}>
        {creatable !== undefined && (
          <Button
            size="compact-sm"
            disabled={!mayManage}
            aria-label={configurationTexts.create.label(creatable.fullyQualifiedName)}
            onClick={() => actions.create(creatable)}
          >
            {configurationTexts.create.one}
          </Button>
        )}
        {suggestion !== undefined && (
          <Button
            size="compact-sm"
            disabled={!mayManage || actions.accepting}
            aria-label={configurationTexts.suggestions.acceptLabel(suggestion.accountName, name)}
            onClick={() => actions.accept(suggestion)}
          >
            {configurationTexts.suggestions.accept}
          </Button>
        )}
        <Button
          variant="default"
          size="compact-sm"
          aria-label={texts.open(name, filled)}
          onClick={() => actions.open(place)}
        >
          {filled ? texts.change : texts.choose}
        </Button>
      </td>
    </tr>
  );
}

function AccountCell({ row }: { row: MatrixRow }) {
  const { mapping, suggestion, waiting } = row;
  return (
    <>
      <div className={classes.line}>
        {mapping !== undefined && (
          <span className={row.source === "own" ? "" : classes.inherited}>
            <AccountName id={mapping.accountId} name={mapping.accountName} />
          </span>
        )}
        {mapping === undefined && row.attention && <span className={classes.waiting}>{texts.missing}</span>}
        {mapping === undefined && !row.attention && (
          <span className={classes.inherited}>{row.optional ? texts.optional : texts.unused}</span>
        )}
        {waiting > 0n && <span className={classes.waiting}>{texts.waiting(waiting)}</span>}
      </div>
      {row.source === "own" && mapping?.warnings.map((warning) => <Warning key={warning} text={warning} />)}
      {row.creatable !== undefined && (
        <div className={classes.suggestion}>
          {configurationTexts.create.lacking} <AccountName id="" name={row.creatable.fullyQualifiedName} />
        </div>
      )}
      {suggestion !== undefined && (
        <div className={classes.suggestion}>
          <div className={classes.line}>
            <span>
              {configurationTexts.suggestions.suggested}{" "}
              <AccountName id={suggestion.accountId} name={suggestion.accountName} />
            </span>
            <Confidence share={suggestion.confidence} />
          </div>
          <div className={classes.reason}>{suggestion.reason}</div>
        </div>
      )}
    </>
  );
}

function Warning({ text }: { text: string }) {
  return <div className={classes.warning}>{text}</div>;
}

function SourceCell({ row }: { row: MatrixRow }) {
  const { mapping, place, source } = row;
  if (mapping === undefined) {
    return null;
  }
  return (
    <>
      {source === "own" && place.locationId !== "" ? texts.thisLocation : texts.sources[source]}
      {mapping.effectiveDate !== "" && (
        <span className={classes.since}> {texts.since(businessDate(mapping.effectiveDate))}</span>
      )}
    </>
  );
}
