import { Button, Stack } from "@mantine/core";
import type { ImportSummary } from "@tillpost/client/integration";
import { useMayManage } from "../../../api/context.js";
import { Card, ErrorNotice, Notice, ProgressLine } from "../../../parts/index.js";
import { statusTexts } from "../../../texts/status.js";
import classes from "./status.module.css";
import type { Importing } from "./use-import.js";

const texts = statusTexts.import;

/** Import Accounts, with its progress and what it changed. */
export function ImportCard({ importing }: { importing: Importing }) {
  const mayManage = useMayManage();
  return (
    <Card label={texts.title}>
      <h2 className={classes.cardTitle}>{texts.title}</h2>
      <p className={classes.lead}>{texts.lead}</p>
      <Stack gap="md" align="stretch">
        {importing.running ? <ImportProgress importing={importing} /> : null}
        {!importing.running && (
          <div>
            <Button variant="default" disabled={!mayManage} onClick={() => void importing.start()}>
              {texts.action}
            </Button>
          </div>
        )}
        <ImportOutcome importing={importing} />
      </Stack>
    </Card>
  );
}

/** How far an import has come. */
export function ImportProgress({ importing }: { importing: Importing }) {
  const { readCount = 0, totalCount = 0 } = importing.progress ?? {};
  const text = totalCount > 0 ? texts.progress(readCount, totalCount) : texts.waiting;
  return <ProgressLine label={texts.running} done={readCount} total={totalCount} text={text} />;
}

/** How an import ended: what it changed, or why it failed. */
export function ImportOutcome({ importing }: { importing: Importing }) {
  if (importing.error !== undefined) {
    return <ErrorNotice error={importing.error} onRetry={() => void importing.start()} onDismiss={importing.forget} />;
  }
  const { summary } = importing;
  if (summary === undefined) {
    return null;
  }
  return (
    <>
      <Notice tone="good" title={texts.doneTitle(summary.totalCount)} onDismiss={importing.forget}>
        {summaryText(summary)}
      </Notice>
      {summary.warnings.map((warning) => (
        <Notice key={warning.accountId} tone="warn" title={warning.accountName}>
          {warning.message}
        </Notice>
      ))}
    </>
  );
}

/** What an import changed, in one line: "3 new, 1 restored." */
export function summaryText(summary: ImportSummary): string {
  const { parts } = texts;
  const counts: [number, (n: number) => string][] = [
    [summary.newCount, parts.new],
    [summary.changedCount, parts.changed],
    [summary.restoredCount, parts.restored],
    [summary.missingCount, parts.missing],
    [summary.inactiveCount, parts.inactive],
  ];
  const told = counts.filter(([n]) => n > 0).map(([n, tell]) => tell(n));
  const changes = told.length === 0 ? texts.none : `${told.join(", ")}.`;
  return summary.releasedEventCount > 0n ? `${changes} ${texts.released(summary.releasedEventCount)}` : changes;
}
