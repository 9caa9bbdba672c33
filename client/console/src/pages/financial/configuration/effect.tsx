// What a change of the mapping would do, before it is made.
import { useQuery } from "@connectrpc/connect-query";
import { Skeleton } from "@mantine/core";
import { FinancialService, type PreviewMappingResponse } from "@tillpost/client/financial";
import { AccountName, AmountCell, ErrorNotice, Notice } from "../../../parts/index.js";
import { useConnection } from "../../../shell/connection.js";
import { useRetailer } from "../../../shell/retailer.js";
import { configurationTexts } from "../../../texts/configuration.js";
import classes from "./configuration.module.css";
import type { Place } from "./words.js";

const texts = configurationTexts.effect;

/** Asks what the change would do. An empty account takes the place's own away. */
export function useEffectOf(change: { place: Place; accountId: string; effectiveDate: string }, enabled: boolean) {
  const retailerId = useRetailer();
  const { place: slot, accountId, effectiveDate } = change;
  const input = { retailerId, slot, accountId, effectiveDate };
  return useQuery(FinancialService.method.previewMapping, input, { enabled, staleTime: 0 });
}

export function Effect({ query }: { query: ReturnType<typeof useEffectOf> }) {
  const { data } = query;
  return (
    <section aria-label={texts.title} aria-live="polite" aria-busy={query.isFetching}>
      <h3 className={classes.subtitle}>{texts.title}</h3>
      {query.error && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {!query.error && data === undefined && (
        <>
          <Skeleton height={12} width="70%" mt={6} />
          <Skeleton height={12} width="50%" mt={10} />
        </>
      )}
      {!query.error && data !== undefined && <Told effect={data} />}
    </section>
  );
}

function Told({ effect }: { effect: PreviewMappingResponse }) {
  return (
    <>
      <ul className={classes.sentences}>
        {sentences(effect).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {effect.warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
      {effect.shifts.length > 0 && (
        <>
          <Shifts effect={effect} />
          <p className={classes.signs}>{texts.signs}</p>
        </>
      )}
    </>
  );
}

/** What the change does to events, a sentence each. */
export function sentences(effect: PreviewMappingResponse): string[] {
  const told: string[] = [];
  const released = effect.waitingEventCount - effect.stillWaitingEventCount;
  if (released > 0n) {
    told.push(texts.released(released));
  }
  if (effect.stillWaitingEventCount > 0n) {
    told.push(texts.stillWaiting(effect.stillWaitingEventCount));
  }
  if (effect.pendingEventCount > 0n) {
    told.push(texts.pending(effect.pendingEventCount));
  }
  if (effect.postedEventCount > 0n) {
    told.push(texts.posted(effect.postedEventCount));
  }
  if (told.length === 0) {
    told.push(texts.nothing);
  }
  if (effect.truncated) {
    told.push(texts.truncated);
  }
  return told;
}

function Shifts({ effect }: { effect: PreviewMappingResponse }) {
  const currency = useConnection().data?.connection?.homeCurrencyCode ?? "";
  const { columns } = texts;
  return (
    <table className={classes.shifts} aria-label={texts.shifts}>
      <thead>
        <tr>
          <th scope="col">{columns.account}</th>
          <th scope="col">{columns.unposted}</th>
          <th scope="col">{columns.posted}</th>
        </tr>
      </thead>
      <tbody>
        {effect.shifts.map((shift) => (
          <tr key={shift.accountId}>
            <td>
              <AccountName id={shift.accountId} name={shift.accountName} />
            </td>
            <td>
              <AmountCell amount={shift.unpostedAmount} currency={currency} />
            </td>
            <td>
              <AmountCell amount={shift.postedAmount} currency={currency} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
