import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useLocations } from "../../shell/locations.js";
import type { Search } from "../../shell/search.js";
import { overviewTexts } from "../../texts/overview.js";
import classes from "./overview.module.css";
import { noRange, type Range } from "./range.js";

const texts = overviewTexts.filters;

/** The days and the location; each stands in the address at once. */
export function FilterBar(props: { range: Range; usual: boolean; change(search: Search): void }) {
  const { range, change } = props;
  const locations = useLocations(range.location);
  const wrong = { backwards: texts.backwards, "too-long": texts.tooLong(range.days), none: undefined }[
    range.wrong ?? "none"
  ];
  return (
    <search className={classes.filters} aria-label={texts.label}>
      <TextInput
        type="date"
        label={texts.from}
        value={range.from}
        onChange={(event) => change({ from: event.currentTarget.value, to: range.to })}
      />
      <TextInput
        type="date"
        label={texts.to}
        value={range.to}
        error={wrong}
        onChange={(event) => change({ to: event.currentTarget.value, from: range.from })}
      />
      <NativeSelect
        label={texts.location}
        value={range.location}
        data={[{ value: "", label: texts.all }, ...locations]}
        onChange={(event) => change({ location: event.currentTarget.value })}
      />
      {!props.usual && (
        <Button variant="subtle" px="xs" className={classes.reset} onClick={() => change(noRange)}>
          {texts.reset}
        </Button>
      )}
    </search>
  );
}
