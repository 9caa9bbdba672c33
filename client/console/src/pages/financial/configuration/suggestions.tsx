// What can be filled at once: suggestions from the chart of accounts, and accounts that it lacks.
import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { MappingSuggestion, SuggestMappingsResponse } from "@tillpost/client/financial";
import { useState } from "react";
import { useMayManage } from "../../../api/context.js";
import { AccountName, type Column, DataTable, ErrorNotice } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import { configurationTexts, placeName } from "../../../texts/configuration.js";
import { wayOutLabels } from "../../../texts/errors.js";
import { partTexts } from "../../../texts/parts.js";
import { Confidence } from "./account-picker.js";
import { useAccept } from "./actions.js";
import classes from "./configuration.module.css";
import { CreateAccountsDialog } from "./create-accounts.js";
import { placeId } from "./matrix-rows.js";

const texts = configurationTexts.suggestions;
/** The most that one call accepts. */
const atOnce = 1_000;

interface SuggestionsProps {
  readonly found: SuggestMappingsResponse | undefined;
  readonly loading: boolean;
  /** Asks again, where they could not be had. */
  readonly retry: (() => void) | undefined;
  /** Whether nothing waits for the place although it is empty; such places alone are no reason to speak up. */
  optional(suggestion: MappingSuggestion): boolean;
}

/** Always takes the same place: what is suggested is known later than the rest of the page. */
export function Suggestions({ found, loading, retry, optional }: SuggestionsProps) {
  const mayManage = useMayManage();
  const [accepting, acceptDialog] = useDisclosure(false);
  const [creating, createDialog] = useDisclosure(false);
  const suggestions = found?.suggestions.slice(0, atOnce) ?? [];
  const missing = found?.missingAccounts ?? [];
  const offered = missing.length > 0 || !suggestions.every(optional);
  return (
    <section className={classes.offers} aria-label={texts.title} aria-busy={loading}>
      {!offered && <p role="status">{loading ? texts.loading : retry === undefined ? texts.nothing : texts.failed}</p>}
      {!offered && retry !== undefined && (
        <Button variant="default" size="xs" onClick={retry}>
          {wayOutLabels.retry}
        </Button>
      )}
      {offered && <p>{texts.summary(suggestions.length, missing.length)}</p>}
      {offered && suggestions.length > 0 && (
        <Button disabled={!mayManage} onClick={acceptDialog.open}>
          {texts.acceptAll(suggestions.length)}
        </Button>
      )}
      {offered && missing.length > 0 && (
        <Button
          variant={suggestions.length > 0 ? "default" : "filled"}
          disabled={!mayManage}
          onClick={createDialog.open}
        >
          {texts.create}
        </Button>
      )}
      {accepting && <AcceptDialog suggestions={suggestions} onClose={acceptDialog.close} />}
      {creating && <CreateAccountsDialog onClose={createDialog.close} />}
    </section>
  );
}

const keyOf = ({ slot }: MappingSuggestion) => (slot === undefined ? "" : placeId(slot));
const nameOf = ({ slot }: MappingSuggestion) => (slot === undefined ? "" : placeName(slot));

/** Shows every suggestion with its confidence and reason; those that are not wanted are left out. */
function AcceptDialog(props: { suggestions: readonly MappingSuggestion[]; onClose(): void }) {
  const retailerId = useRetailer();
  const [suggestions] = useState(props.suggestions); // what is being decided stays, whatever arrives meanwhile
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(suggestions.map(keyOf)));
  const accept = useAccept(props.onClose);
  const accepted = suggestions.filter((suggestion) => chosen.has(keyOf(suggestion)));
  const submit = () => accept.mutate({ retailerId, mappings: toMappings(accepted) });
  return (
    <Modal
      opened
      onClose={props.onClose}
      size="xl"
      title={texts.dialogTitle(accepted.length)}
      closeButtonProps={{ "aria-label": partTexts.confirm.close }}
    >
      <Stack gap="md">
        <Text>{texts.dialogText}</Text>
        <DataTable
          label={texts.table}
          columns={columns}
          rows={suggestions}
          rowKey={keyOf}
          empty={null}
          selection={{ chosen, change: setChosen, name: nameOf, selectable: () => true }}
        />
        <AllOnPhone rows={suggestions} chosen={chosen} change={setChosen} />
        {accept.error && <ErrorNotice error={accept.error} onRetry={submit} />}
        <Group justify="flex-end" gap="sm" className={classes.formActions}>
          <Button variant="default" onClick={props.onClose}>
            {partTexts.confirm.cancel}
          </Button>
          <Button loading={accept.isPending} disabled={accepted.length === 0} onClick={submit} data-autofocus>
            {texts.confirm(accepted.length)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** The head of a table, with its checkbox for all, is not to be seen on a phone. */
function AllOnPhone(props: {
  rows: readonly MappingSuggestion[];
  chosen: ReadonlySet<string>;
  change(chosen: ReadonlySet<string>): void;
}) {
  const all = props.chosen.size === props.rows.length;
  return (
    <Checkbox
      hiddenFrom="sm"
      label={texts.all}
      checked={all}
      indeterminate={!all && props.chosen.size > 0}
      onChange={() => props.change(new Set(all ? [] : props.rows.map(keyOf)))}
    />
  );
}

const columns: Column<MappingSuggestion>[] = [
  { id: "place", header: configurationTexts.history.columns.place, width: "34%", cell: nameOf },
  {
    id: "account",
    header: configurationTexts.matrix.columns.account,
    cell: (row) => (
      <>
        <AccountName id={row.accountId} name={row.accountName} />
        <div className={classes.quiet}>{row.reason}</div>
      </>
    ),
  },
  { id: "confidence", header: "", end: true, width: "7rem", cell: (row) => <Confidence share={row.confidence} /> },
];

/** As the API takes them. */
export function toMappings(suggestions: readonly MappingSuggestion[]) {
  return suggestions.flatMap(({ slot, accountId }) => (slot === undefined ? [] : [{ slot, accountId }]));
}
