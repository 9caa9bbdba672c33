// The journal entry of an event, line by line: as sent or posted, or as it would post.
import { skipToken, useQuery } from "@connectrpc/connect-query";
import { Skeleton } from "@mantine/core";
import {
  EventState,
  type EventView,
  FinancialService,
  type JournalEntry,
  type JournalLine,
  JournalLine_Side,
} from "@tillpost/client/financial";
import { money } from "../../../format/money.js";
import { AccountName, ErrorNotice } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import { eventsTexts, slotName } from "../../../texts/events.js";
import classes from "./drawer.module.css";

const texts = eventsTexts.drawer;

export function Entry({ view, entry }: { view: EventView; entry: JournalEntry | undefined }) {
  const retailerId = useRetailer();
  const waits = view.state !== EventState.SYNCED && view.state !== EventState.PROCESSING;
  const eventId = view.event?.eventId ?? "";
  const preview = useQuery(
    FinancialService.method.previewEvent,
    waits && view.state !== EventState.SKIPPED
      ? { retailerId, source: { case: "eventId", value: eventId } }
      : skipToken,
  );
  const planned = [preview.data?.entry, ...(preview.data?.furtherEntries ?? [])].filter((e) => e !== undefined);
  return (
    <>
      {entry && <EntryTable title={waits && !view.postedEntry ? texts.sent : texts.entry} entry={entry} />}
      {entry === undefined && preview.isLoading && <Skeleton height={120} />}
      {preview.error && <ErrorNotice error={preview.error} onRetry={() => void preview.refetch()} />}
      {waits && planned.map((e) => <EntryTable key={`${e.docNumber} ${e.txnDate}`} title={texts.preview} entry={e} />)}
      {waits && preview.data?.problem && planned.length === 0 && (
        <section>
          <h3 className={classes.title}>{texts.preview}</h3>
          <div className={classes.quiet}>
            {view.problem?.reason !== preview.data.problem.reason
              ? `${preview.data.problem.message} ${preview.data.problem.remedy}`
              : texts.noPreview}
          </div>
        </section>
      )}
      {preview.data?.nothingToPost && <div className={classes.quiet}>{texts.nothing}</div>}
    </>
  );
}

function EntryTable({ title, entry }: { title: string; entry: JournalEntry }) {
  const total = money(entry.totalAmount, entry.currencyCode);
  return (
    <section>
      <h3 className={classes.title}>{title}</h3>
      {/* A region that scrolls can be reached from the keyboard. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
      <section className={classes.scroll} aria-label={title} tabIndex={0}>
        <table className={classes.entry}>
          <thead>
            <tr>
              <th scope="col">{texts.columns.account}</th>
              <th scope="col" className={classes.end}>
                {texts.columns.debit}
              </th>
              <th scope="col" className={classes.end}>
                {texts.columns.credit}
              </th>
            </tr>
          </thead>
          <tbody>
            {entry.lines.map((line) => (
              <Line
                key={`${line.side} ${line.accountId} ${line.description}`}
                line={line}
                currency={entry.currencyCode}
              />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <td>{texts.total}</td>
              <td className={classes.end}>{total}</td>
              <td className={classes.end}>{total}</td>
            </tr>
          </tfoot>
        </table>
      </section>
    </section>
  );
}

function Line({ line, currency }: { line: JournalLine; currency: string }) {
  const credit = line.side === JournalLine_Side.CREDIT;
  const amount = money(line.amount, currency);
  return (
    <tr>
      <td>
        <div className={credit ? classes.credit : ""}>
          <AccountName id={line.accountId} name={line.accountName} />
          <div className={classes.quiet}>{line.slots.map(slotName).join(", ")}</div>
        </div>
      </td>
      <td className={classes.end}>{credit ? "" : amount}</td>
      <td className={classes.end}>{credit ? amount : ""}</td>
    </tr>
  );
}
