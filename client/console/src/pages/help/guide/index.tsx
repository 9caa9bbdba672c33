// Help > Guide: what Tillpost does, for the people whose books it fills.
import { Stack } from "@mantine/core";
import { EventState } from "@tillpost/client/financial";
import type { ReactNode } from "react";
import { Card, StateBadge } from "../../../parts/index.js";
import { usePageLinks } from "../../../shell/links.js";
import { reasonTexts, stateNames, stateTones } from "../../../texts/events.js";
import { helpTexts, stateMeanings } from "../../../texts/help.js";
import { statusTexts } from "../../../texts/status.js";
import { wordOfReason, wordsOfStates } from "../../integration/events/filters.js";
import classes from "./guide.module.css";

const texts = helpTexts.guide;

export default function GuidePage() {
  return (
    <Stack gap="md" className={classes.guide ?? ""}>
      <Flow />
      <States />
      <Reasons />
      <div className={classes.topics}>
        {texts.topics.map(({ title, paragraphs }) => (
          <Topic key={title} title={title}>
            {paragraphs.map((text) => (
              <p key={text}>{text}</p>
            ))}
          </Topic>
        ))}
        <Disconnecting />
      </div>
    </Stack>
  );
}

function Topic({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <Card label={title}>
      <h2 className={classes.title}>{title}</h2>
      {lead !== undefined && <p className={classes.lead}>{lead}</p>}
      {children}
    </Card>
  );
}

/** The way of an event as a picture: four steps, and the state that it has meanwhile. */
function Flow() {
  const { title, lead, steps, aside } = texts.flow;
  const way = [
    { ...steps.recorded, state: EventState.PENDING },
    { ...steps.built, state: EventState.PENDING },
    { ...steps.sent, state: EventState.PROCESSING },
    { ...steps.compared, state: EventState.SYNCED },
  ];
  return (
    <Topic title={title} lead={lead}>
      <ol className={classes.flow}>
        {way.map((step) => (
          <li key={step.title}>
            <strong>{step.title}</strong>
            <span>{step.text}</span>
            <State state={step.state} />
          </li>
        ))}
      </ol>
      <p className={classes.besides}>
        <State state={EventState.ACTION_REQUIRED} />
        <span className={classes.grow}>{aside}</span>
      </p>
    </Topic>
  );
}

function State({ state }: { state: EventState }) {
  return <StateBadge tone={stateTones[state]} label={stateNames[state]} />;
}

/** The values of an enum's table of texts, without "not given". */
function given<Value extends number>(table: Record<Value, unknown>): Value[] {
  return Object.keys(table)
    .map((key) => Number(key) as Value)
    .filter((value) => value !== 0);
}

function States() {
  const links = usePageLinks();
  return (
    <Topic title={texts.states.title} lead={texts.states.lead}>
      <dl className={classes.states}>
        {given(stateMeanings).map((state) => (
          <div key={state}>
            <dt>
              <a
                href={links.href("events", { state: wordsOfStates([state]) })}
                onClick={links.follow}
                aria-label={texts.states.show(stateNames[state])}
              >
                <State state={state} />
              </a>
            </dt>
            <dd>{stateMeanings[state]}</dd>
          </div>
        ))}
      </dl>
    </Topic>
  );
}

function Reasons() {
  const links = usePageLinks();
  return (
    <Topic title={texts.reasons.title} lead={texts.reasons.lead}>
      <dl className={classes.reasons}>
        {given(reasonTexts).map((reason) => (
          <div key={reason}>
            <dt>{reasonTexts[reason].title}</dt>
            <dd>
              {reasonTexts[reason].hint}{" "}
              <a
                href={links.href("events", { reason: wordOfReason(reason) })}
                onClick={links.follow}
                aria-label={texts.reasons.showAll(reasonTexts[reason].title)}
              >
                {texts.reasons.show}
              </a>
            </dd>
          </div>
        ))}
      </dl>
    </Topic>
  );
}

function Disconnecting() {
  const { lead, stops, keepsTitle, keeps, later } = statusTexts.disconnect;
  const { title, where } = texts.disconnect;
  return (
    <Topic title={title}>
      <p>
        {lead} {stops} {where}
      </p>
      <p>{keepsTitle}</p>
      <ul>
        {keeps.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <p>{later}</p>
    </Topic>
  );
}
