import { Select } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMayManage } from "../../../api/context.js";
import { ErrorNotice } from "../../../parts/index.js";
import { type ListTexts, locationsTexts } from "../../../texts/locations.js";
import type { Mapping, Named, Target } from "./lists.js";
import classes from "./locations.module.css";

interface MapCellProps {
  readonly row: Named;
  readonly targets: readonly Target[];
  /** What is said where there is nothing to choose from. */
  readonly nothing: string;
  readonly texts: ListTexts;
  useMap(): Mapping;
}

/** What a name is in QuickBooks. A choice is stored at once: it changes no entry that exists, and is as easily undone. */
export function MapCell({ row, targets, nothing: told, texts, useMap }: MapCellProps) {
  const mayManage = useMayManage();
  const { map, isPending, error, reset } = useMap();
  const choose = async (id: string | null) => {
    reset();
    const target = targets.find((one) => one.id === id);
    try {
      await map({ name: row.name, id: id ?? "" });
      notifications.show({ message: target ? texts.mapped(row.name, target.name) : texts.unmapped(row.name) });
    } catch {
      // The mutation keeps the error, and it is shown below.
    }
  };
  const nothing = targets.length === 0 && row.target === undefined;
  return (
    <div className={classes.choice}>
      <Select
        size="sm"
        aria-label={texts.of(row.name)}
        searchable
        allowDeselect={false}
        limit={200}
        maxDropdownHeight={280}
        comboboxProps={{ withinPortal: true }}
        nothingFoundMessage={locationsTexts.table.nothingFound}
        placeholder={nothing ? told : texts.none}
        disabled={!mayManage || nothing || isPending}
        value={nothing ? null : (row.target?.id ?? "")}
        data={[{ value: "", label: texts.none }, ...options(targets, row.target)]}
        onChange={(id) => void choose(id)}
      />
      {row.target?.active === false && <div className={classes.warn}>{locationsTexts.table.inactive}</div>}
      {error !== null && error !== undefined && <ErrorNotice error={error} onDismiss={reset} />}
    </div>
  );
}

/** The active values, and the one that is mapped although it is not active any more. */
function options(targets: readonly Target[], mapped: Target | undefined) {
  const data = targets
    .filter((target) => target.active || target.id === mapped?.id)
    .map(({ id, name }) => ({ value: id, label: name.replaceAll(":", " › ") }));
  if (mapped !== undefined && !data.some(({ value }) => value === mapped.id)) {
    data.push({ value: mapped.id, label: mapped.name.replaceAll(":", " › ") });
  }
  return data;
}
