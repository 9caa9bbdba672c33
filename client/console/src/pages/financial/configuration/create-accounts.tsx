// Creates in QuickBooks what the chart lacks: shows it first, then how far it has come.
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { Code, type Tillpost, TillpostError } from "@tillpost/client";
import {
  type CreateAccountsProgress,
  type CreateAccountsSummary,
  FinancialService,
  type MissingAccount,
} from "@tillpost/client/financial";
import { useEffect, useRef, useState } from "react";
import { useTillpost } from "../../../api/context.js";
import { AccountName, type Column, DataTable, EmptyState, ErrorNotice, ProgressLine } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import { accountTypeNames } from "../../../texts/account-types.js";
import { configurationTexts, placeName } from "../../../texts/configuration.js";
import { partTexts } from "../../../texts/parts.js";
import { useMappingChanged } from "./actions.js";
import classes from "./configuration.module.css";

const texts = configurationTexts.create;
/** How many places an account names before it only counts the rest. */
const placesNamed = 3;

interface DialogProps {
  /** Only this account, with its parents; without it, everything that is missing. */
  readonly only?: string;
  onClose(): void;
  onDone?(): void;
}

export function CreateAccountsDialog({ only, onClose, onDone }: DialogProps) {
  const tillpost = useTillpost();
  const retailerId = useRetailer();
  const preview = useQuery({
    queryKey: ["create-accounts-preview", retailerId, only],
    queryFn: ({ signal }) => {
      const fullyQualifiedNames = only === undefined ? [] : [only];
      return createAccounts(tillpost, { retailerId, fullyQualifiedNames, preview: true }, () => undefined, signal);
    },
    gcTime: 0,
  });
  const rows = preview.data?.accounts;
  const [chosen, setChosen] = useState<ReadonlySet<string> | undefined>(undefined);
  const names = withParents(rows ?? [], chosen ?? new Set(rows?.map(keyOf)));
  const creating = useCreate(() => {
    onClose();
    onDone?.();
  });
  const submit = () => void creating.start(names);
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={texts.title}
      closeButtonProps={{ "aria-label": partTexts.confirm.close }}
    >
      <Stack gap="md">
        <Text>{texts.text}</Text>
        {creating.running ? (
          <CreateProgress progress={creating.progress} />
        ) : (
          <DataTable
            label={texts.table}
            columns={columns}
            rows={rows}
            rowKey={keyOf}
            error={preview.error}
            onRetry={() => void preview.refetch()}
            empty={<EmptyState title={texts.nothing} />}
            selection={{
              chosen: new Set(names),
              change: setChosen,
              name: keyOf,
              selectable: ({ slots }) => slots.length > 0,
            }}
          />
        )}
        {creating.error !== undefined && <ErrorNotice error={creating.error} onRetry={submit} />}
        <Group justify="flex-end" gap="sm" className={classes.formActions}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {creating.running ? partTexts.confirm.close : partTexts.confirm.cancel}
          </Button>
          <Button loading={creating.running} disabled={names.length === 0} onClick={submit}>
            {texts.confirm(names.length)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function CreateProgress({ progress }: { progress: CreateAccountsProgress | undefined }) {
  const { doneCount = 0, totalCount = 0 } = progress ?? {};
  const text = totalCount > 0 ? texts.progress(doneCount, totalCount) : texts.waiting;
  return (
    <div>
      <ProgressLine label={texts.running} done={doneCount} total={totalCount} text={text} />
      <div className={classes.quiet}>{texts.keepOpen}</div>
    </div>
  );
}

/** The chosen accounts with the parents that they need: those are created too, chosen or not. */
function withParents(rows: readonly MissingAccount[], chosen: ReadonlySet<string>): string[] {
  const leaves = rows.filter(({ slots }) => slots.length > 0).map(keyOf);
  const wanted = leaves.filter((name) => chosen.has(name));
  return rows.map(keyOf).filter((name) => wanted.some((leaf) => leaf === name || leaf.startsWith(`${name}:`)));
}

const keyOf = (account: MissingAccount) => account.fullyQualifiedName;

const columns: Column<MissingAccount>[] = [
  {
    id: "name",
    header: configurationTexts.matrix.columns.account,
    cell: (row) => (
      <>
        <AccountName id="" name={row.fullyQualifiedName} />
        <div className={classes.quiet}>{serves(row)}</div>
      </>
    ),
  },
  { id: "type", header: configurationTexts.columnType, width: "12rem", cell: (row) => accountTypeNames[row.type] },
];

function serves({ slots }: MissingAccount): string {
  if (slots.length === 0) {
    return texts.parent;
  }
  const named = slots.slice(0, placesNamed).map(placeName);
  return texts.serves(named) + (slots.length > named.length ? texts.more(slots.length - named.length) : "");
}

interface CreateState {
  readonly running: boolean;
  readonly progress: CreateAccountsProgress | undefined;
  readonly error: unknown;
}

const idle: CreateState = { running: false, progress: undefined, error: undefined };

function useCreate(onDone: () => void) {
  const tillpost = useTillpost();
  const retailerId = useRetailer();
  const changed = useMappingChanged();
  const [state, setState] = useState(idle);
  const leaving = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => leaving.current?.abort(), []);
  const start = async (fullyQualifiedNames: string[]) => {
    leaving.current = new AbortController();
    const { signal } = leaving.current;
    setState({ ...idle, running: true });
    try {
      const onProgress = (progress: CreateAccountsProgress) => setState({ ...idle, running: true, progress });
      const { createdCount, mappings, releasedEventCount } = await createAccounts(
        tillpost,
        { retailerId, fullyQualifiedNames, preview: false },
        onProgress,
        signal,
      );
      notifications.show({ message: texts.done(createdCount, mappings.length, releasedEventCount) });
      onDone();
    } catch (error) {
      if (!signal.aborted) {
        setState({ ...idle, error });
      }
    } finally {
      await changed(); // what was created before a failure is there
    }
  };
  return { ...state, start };
}

/** Follows the stream to its summary. */
async function createAccounts(
  { financial }: Tillpost,
  request: { retailerId: string; fullyQualifiedNames: string[]; preview: boolean },
  onProgress: (progress: CreateAccountsProgress) => void,
  signal: AbortSignal,
): Promise<CreateAccountsSummary> {
  let summary: CreateAccountsSummary | undefined;
  for await (const { update } of financial.createMissingAccounts(request, { signal })) {
    if (update.case === "progress") {
      onProgress(update.value);
    } else if (update.case === "summary") {
      summary = update.value;
    }
  }
  if (summary === undefined) {
    const { name } = FinancialService.method.createMissingAccounts;
    const message = "the creation ended without its summary";
    throw new TillpostError({ code: Code.DataLoss, message, method: name, retryable: true });
  }
  return summary;
}
