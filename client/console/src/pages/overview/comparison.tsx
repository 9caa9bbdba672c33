// Compare with QuickBooks: the button, live progress, and what differs.
import { Button, Group, Stack } from "@mantine/core";
import { type ComparisonFinding, ComparisonFinding_Kind, type ComparisonSummary } from "@tillpost/client/financial";
import { asSentence } from "../../api/errors.js";
import { businessDate, time } from "../../format/dates.js";
import { AmountCell, Card, ErrorNotice, Notice, OutIcon, ProgressLine, StateBadge } from "../../parts/index.js";
import { usePageLinks } from "../../shell/links.js";
import { findingNames, overviewTexts } from "../../texts/overview.js";
import { type FiguresColumn, FiguresTable } from "./figures-table.js";
import classes from "./overview.module.css";
import type { Comparing } from "./use-comparison.js";

const texts = overviewTexts.compare;

export function Comparison(props: { comparing: Comparing; oneLocation: boolean; connected: boolean }) {
  const { comparing, connected } = props;
  const { running, summary } = comparing;
  return (
    <Card label={texts.title}>
      <div className={classes.compareHead}>
        <div>
          <h2 className={classes.cardTitle}>{texts.title}</h2>
          <p className={classes.lead}>
            {texts.text} {props.oneLocation && texts.locations}
          </p>
          {!connected && <p className={classes.lead}>{texts.connect}</p>}
        </div>
        {running ? (
          <Button variant="default" onClick={comparing.stop}>
            {texts.stop}
          </Button>
        ) : (
          <Button
            variant={summary === undefined ? "filled" : "default"}
            disabled={!connected}
            onClick={() => void comparing.start()}
          >
            {summary === undefined ? texts.action : texts.again}
          </Button>
        )}
      </div>
      <Stack gap="md" className={classes.compareBody}>
        {running && <Running comparing={comparing} />}
        {comparing.stopped && <Notice tone="quiet">{texts.stopped}</Notice>}
        {comparing.error !== undefined && (
          <ErrorNotice error={comparing.error} onRetry={() => void comparing.start()} />
        )}
        {summary !== undefined && <Outcome summary={summary} />}
        <Findings comparing={comparing} />
      </Stack>
    </Card>
  );
}

function Running({ comparing }: { comparing: Comparing }) {
  const { comparedDayCount: done = 0, totalDayCount: total = 0, readEntryCount = 0n } = comparing.progress ?? {};
  const text = total > 0 ? texts.progress(done, total, readEntryCount) : texts.waiting;
  return <ProgressLine label={texts.running} done={done} total={total} text={text} />;
}

function countOf(summary: ComparisonSummary): bigint {
  return summary.missingEntryCount + summary.changedEntryCount + summary.unknownEntryCount;
}

function Outcome({ summary }: { summary: ComparisonSummary }) {
  const differences = countOf(summary);
  const when = time(summary.endTime);
  const underway = summary.underwayEntryCount > 0n ? texts.underway(summary.underwayEntryCount) : "";
  return differences === 0n ? (
    <Notice tone="good" title={texts.agree(summary.agreeingEntryCount)}>
      {texts.agreeText(when)}
      {underway}
    </Notice>
  ) : (
    <Notice tone="warn" title={texts.differ(differences)}>
      {texts.differText(summary.agreeingEntryCount, when)}
      {underway}
    </Notice>
  );
}

function Findings({ comparing }: { comparing: Comparing }) {
  const findings = [...comparing.days.values()].flatMap((day) => day.findings);
  if (findings.length === 0) {
    return null;
  }
  const capped = comparing.summary !== undefined && countOf(comparing.summary) > BigInt(findings.length);
  return (
    <div className={classes.frame}>
      <FiguresTable
        label={texts.findings}
        rows={findings}
        rowKey={(finding) => `${finding.kind} ${finding.quickbooksId}`}
        columns={columns}
      />
      {capped && <p className={classes.note}>{texts.capped(findings.length)}</p>}
    </div>
  );
}

const columns: readonly FiguresColumn<ComparisonFinding>[] = [
  { id: "entry", header: texts.number, short: true, cell: (finding) => <Entry finding={finding} /> },
  { id: "difference", header: texts.difference, wide: true, cell: (finding) => <Difference finding={finding} /> },
  {
    id: "tillpost",
    header: texts.tillpost,
    end: true,
    cell: (finding) => <AmountCell amount={finding.tillpostAmount} currency={finding.currencyCode} />,
  },
  {
    id: "quickbooks",
    header: texts.quickbooks,
    end: true,
    cell: (finding) => <AmountCell amount={finding.quickbooksAmount} currency={finding.currencyCode} />,
  },
];

/** The number leads to the event, the arrow to the entry in QuickBooks. */
function Entry({ finding }: { finding: ComparisonFinding }) {
  const links = usePageLinks();
  const number = finding.docNumber || texts.noNumber;
  return (
    <>
      <Group gap="xs" wrap="nowrap" className={classes.entry}>
        {finding.eventId === "" ? (
          number
        ) : (
          <a
            href={links.href("events", { event: finding.eventId })}
            onClick={links.follow}
            aria-label={texts.event(number)}
          >
            {number}
          </a>
        )}
        {finding.url !== "" && (
          <a href={finding.url} target="_blank" rel="noreferrer" aria-label={texts.open(number)}>
            <OutIcon size={15} />
          </a>
        )}
      </Group>
      <span className={classes.small}>{businessDate(finding.txnDate)}</span>
    </>
  );
}

/** The server joins what differs by semicolons; each stands on a line of its own. */
function Difference({ finding }: { finding: ComparisonFinding }) {
  return (
    <>
      <StateBadge
        tone={finding.kind === ComparisonFinding_Kind.UNKNOWN ? "warn" : "bad"}
        label={findingNames[finding.kind]}
      />
      <ul className={classes.difference}>
        {finding.difference.split("; ").map((part) => (
          <li key={part}>{asSentence(part)}</li>
        ))}
      </ul>
    </>
  );
}
