// What state the connection is in, in plain words, and the way to connect.
import { Button, List, Skeleton, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ConnectResult, timestampFromDate } from "@tillpost/client";
import { AuthorizationWarning_Cause, type Connection, Connection_Environment } from "@tillpost/client/integration";
import { useMayManage } from "../../../api/context.js";
import { asSentence } from "../../../api/errors.js";
import { businessDate, dayOf, fromNow, time } from "../../../format/dates.js";
import { Card, ConfirmDialog, ErrorNotice, Notice, StateBadge } from "../../../parts/index.js";
import { type ConnectionWord, connectionTones } from "../../../shell/connection.js";
import { errorTexts } from "../../../texts/errors.js";
import { shellTexts } from "../../../texts/shell.js";
import { statusTexts } from "../../../texts/status.js";
import classes from "./status.module.css";
import type { Connecting } from "./use-connect.js";

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
          <p className={classes.sentence} aria-live="polite">
            {connecting.busy ? statusTexts.connecting : unconnected ? lead : summary}
          </p>
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
  if (connecting.result.reason === "OTHER_COMPANY") {
    return <OtherCompany connecting={connecting} />;
  }
  if (connecting.result.reason === "ENTRIES_UNSETTLED") {
    return <Unsettled connecting={connecting} abandonTime={connecting.result.metadata.abandon_time} />;
  }
  return (
    <Notice tone={outcome === "failed" ? "bad" : "warn"} onDismiss={connecting.forget}>
      {outcome === "failed" ? failedSentence(connecting.result) : texts[outcome]}
    </Notice>
  );
}

/** The company that was chosen is not the one of before: a mistake, or a move that has to be confirmed. */
function OtherCompany({ connecting }: { connecting: Connecting }) {
  const [asking, dialog] = useDisclosure(false);
  const texts = statusTexts.otherCompany;
  const confirmed = () => {
    dialog.close();
    connecting.startElsewhere();
  };
  return (
    <Notice
      tone="bad"
      title={texts.title}
      onDismiss={connecting.forget}
      actions={
        <Button variant="default" size="xs" onClick={dialog.open}>
          {texts.action}
        </Button>
      }
    >
      {texts.lead}
      <ConfirmDialog
        opened={asking}
        danger
        title={texts.question}
        confirm={texts.confirm}
        onConfirm={confirmed}
        onClose={dialog.close}
      >
        <Text>{texts.means}</Text>
        <Consequences list={texts.consequences} />
        <Text>{texts.afterwards}</Text>
      </ConfirmDialog>
    </Notice>
  );
}

function Consequences({ list }: { list: readonly string[] }) {
  return (
    <List>
      {list.map((consequence) => (
        <List.Item key={consequence}>{consequence}</List.Item>
      ))}
    </List>
  );
}

/** The company of before owes answers: it is connected once more, or, when it is gone for ever, a person gives up on them. */
function Unsettled({ connecting, abandonTime }: { connecting: Connecting; abandonTime: string | undefined }) {
  const [asking, dialog] = useDisclosure(false);
  const texts = statusTexts.unsettled;
  const from = new Date(abandonTime ?? 0);
  const early = from.getTime() > Date.now();
  const confirmed = () => {
    dialog.close();
    connecting.startAbandoning();
  };
  return (
    <Notice
      tone="bad"
      title={texts.title}
      onDismiss={connecting.forget}
      actions={
        !early && (
          <Button variant="default" size="xs" onClick={dialog.open}>
            {texts.action}
          </Button>
        )
      }
    >
      {texts.lead} {early && texts.tooEarly(time(timestampFromDate(from)))}
      <ConfirmDialog
        opened={asking}
        danger
        title={texts.question}
        confirm={texts.confirm}
        onConfirm={confirmed}
        onClose={dialog.close}
      >
        <Text>{texts.means}</Text>
        <Consequences list={texts.consequences} />
        <Text>{texts.rest}</Text>
        <Consequences list={statusTexts.otherCompany.consequences} />
        <Text>{statusTexts.otherCompany.afterwards}</Text>
      </ConfirmDialog>
    </Notice>
  );
}

function failedSentence({ reason }: ConnectResult): string {
  const known = errorTexts[reason as keyof typeof errorTexts];
  return known === undefined ? statusTexts.outcomes.failed : `${asSentence(known.title)} ${known.sentence}`.trim();
}

/** The server's word in time before the authorization ends, and the way to renew it where only a person can. */
export function RenewSoon({ connection, connecting }: { connection: Connection | undefined; connecting: Connecting }) {
  const mayManage = useMayManage();
  const warning = connection?.authorizationWarning;
  if (warning === undefined) {
    return null;
  }
  const final = warning.cause === AuthorizationWarning_Cause.FINAL;
  return (
    <Notice
      tone="warn"
      title={warning.message}
      actions={
        final && (
          <Button
            variant="default"
            size="xs"
            loading={connecting.busy}
            disabled={!mayManage}
            onClick={connecting.start}
          >
            {statusTexts.connectAgain}
          </Button>
        )
      }
    >
      {warning.remedy}
    </Notice>
  );
}
