// What state the connection is in, in plain words, and the way to connect.
import { Button, Skeleton } from "@mantine/core";
import type { ConnectResult } from "@tillpost/client";
import { type Connection, Connection_Environment } from "@tillpost/client/integration";
import { useMayManage } from "../../../api/context.js";
import { asSentence } from "../../../api/errors.js";
import { businessDate, dayOf, daysUntil, fromNow, time } from "../../../format/dates.js";
import { Card, ErrorNotice, Notice, StateBadge } from "../../../parts/index.js";
import { type ConnectionWord, connectionTones } from "../../../shell/connection.js";
import { errorTexts } from "../../../texts/errors.js";
import { shellTexts } from "../../../texts/shell.js";
import { statusTexts } from "../../../texts/status.js";
import classes from "./status.module.css";
import type { Connecting } from "./use-connect.js";

/** From how many days before its end an authorization is worth a word. */
const renewSoonDays = 14;

interface ConnectionCardProps {
  readonly word: ConnectionWord;
  readonly connection: Connection | undefined;
  /** The server's one sentence on how things are. */
  readonly summary: string;
  readonly connecting: Connecting;
}

export function ConnectionCard({ word, connection, summary, connecting }: ConnectionCardProps) {
  const mayManage = useMayManage();
  const unconnected = word === "not-connected" || word === "reauthorize";
  const lead = word === "not-connected" ? statusTexts.connectLead : statusTexts.reauthorizeLead;
  return (
    <Card label={statusTexts.facts.title}>
      <div className={classes.top}>
        <div>
          <StateBadge tone={connectionTones[word]} label={shellTexts.connection[word]} />{" "}
          <EnvironmentBadge connection={connection} />
          <h2 className={classes.headline}>{statusTexts.headlines[word]}</h2>
          <p className={classes.sentence}>{unconnected ? lead : summary}</p>
        </div>
        {unconnected && (
          <Button size="md" loading={connecting.busy} disabled={!mayManage} onClick={connecting.start}>
            {word === "reauthorize" ? statusTexts.connectAgain : statusTexts.connect}
          </Button>
        )}
      </div>
      <Facts word={word} connection={connection} />
    </Card>
  );
}

function EnvironmentBadge({ connection }: { connection: Connection | undefined }) {
  switch (connection?.environment) {
    case Connection_Environment.SIMULATOR:
      return <StateBadge tone="quiet" label={statusTexts.environment.simulator} />;
    case Connection_Environment.SANDBOX:
      return <StateBadge tone="quiet" label={statusTexts.environment.sandbox} />;
    default:
      return null;
  }
}

function Facts({ word, connection }: { word: ConnectionWord; connection: Connection | undefined }) {
  if (word === "not-connected") {
    return null;
  }
  const texts = statusTexts.facts;
  if (connection === undefined) {
    return <Skeleton height={48} mt="lg" />;
  }
  const imported = connection.accountsImportTime;
  const facts: [label: string, value: string, hint?: string][] = [
    [texts.company, connection.companyName],
    [texts.by, connection.connectedBy],
    [texts.since, time(connection.connectTime)],
    [texts.renew, dayOf(connection.authorizationExpireTime), texts.renewHint],
    [texts.currency, connection.homeCurrencyCode],
    [texts.closed, connection.bookCloseDate === "" ? texts.open : businessDate(connection.bookCloseDate)],
    [texts.accounts, imported ? texts.accountsValue(connection.accountCount, fromNow(imported)) : texts.notImported],
  ];
  return (
    <dl className={classes.facts}>
      {facts.map(([label, value, hint]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {value === "" ? "–" : value}
            {hint !== undefined && <div className={classes.hint}>{hint}</div>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** How the popup ended. */
export function ConnectOutcome({ connecting }: { connecting: Connecting }) {
  if (connecting.error !== undefined) {
    return <ErrorNotice error={connecting.error} onRetry={connecting.start} onDismiss={connecting.forget} />;
  }
  if (connecting.result === undefined) {
    return null;
  }
  const { outcome, connection } = connecting.result;
  const texts = statusTexts.outcomes;
  if (outcome === "connected") {
    return (
      <Notice tone="good" onDismiss={connecting.forget}>
        {texts.connected(connection?.companyName ?? "")}
      </Notice>
    );
  }
  return (
    <Notice tone={outcome === "failed" ? "bad" : "warn"} onDismiss={connecting.forget}>
      {outcome === "failed" ? failedSentence(connecting.result) : texts[outcome]}
    </Notice>
  );
}

function failedSentence({ reason }: ConnectResult): string {
  const known = errorTexts[reason as keyof typeof errorTexts];
  return known === undefined ? statusTexts.outcomes.failed : `${asSentence(known.title)} ${known.sentence}`.trim();
}

/** A word in time before the authorization ends. */
export function RenewSoon({ connection, now }: { connection: Connection | undefined; now?: Date }) {
  const end = connection?.authorizationExpireTime;
  const days = end === undefined ? undefined : daysUntil(end, now);
  return days === undefined || days > renewSoonDays ? null : <Notice tone="warn">{statusTexts.renewSoon(days)}</Notice>;
}
