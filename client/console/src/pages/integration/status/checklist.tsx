// Leads a newcomer: connect, import, map, start.
import { useQuery } from "@connectrpc/connect-query";
import { VisuallyHidden } from "@mantine/core";
import { FinancialService } from "@tillpost/client/financial";
import type { Connection } from "@tillpost/client/integration";
import { Connection_State } from "@tillpost/client/integration";
import type { ReactNode } from "react";
import { Card, CheckIcon } from "../../../parts/index.js";
import { useRetailer } from "../../../shell/retailer.js";
import { statusTexts } from "../../../texts/status.js";
import classes from "./status.module.css";

export interface Step {
  readonly id: "connect" | "import" | "map" | "start";
  readonly title: string;
  readonly hint: string;
  readonly done: boolean;
}

/** Says which steps are done, from how many places have no account and how many events there are, where that is known. */
export function steps(connection: Connection | undefined, missing: number | undefined, recorded?: bigint): Step[] {
  const texts = statusTexts.checklist;
  const connected = connection?.state === Connection_State.CONNECTED;
  const imported = connected && connection.accountsImportTime !== undefined;
  return [
    { id: "connect", title: texts.connect, hint: texts.connectHint, done: connected },
    { id: "import", title: texts.import, hint: texts.importHint, done: imported },
    {
      id: "map",
      title: texts.map,
      hint: recorded === 0n ? texts.mapNothing : texts.mapHint(missing ?? 0),
      done: imported && missing === 0 && recorded !== 0n, // before the first event nobody knows what has to be mapped
    },
    { id: "start", title: texts.start, hint: texts.startHint, done: connection?.syncStartTime !== undefined },
  ];
}

/** How many roles and keys of events have no account somewhere, as the matrix counts them; undefined until it is known. */
export function useMissingPlaces(): number | undefined {
  const retailerId = useRetailer();
  const { data } = useQuery(FinancialService.method.listMappings, { retailerId, missingOnly: true, pageSize: 1_000 });
  return (
    data && new Set(data.slots.filter((use) => !use.optional).map(({ slot }) => `${slot?.role} ${slot?.key}`)).size
  );
}

interface ChecklistProps {
  readonly connection: Connection;
  /** How many events there are; undefined until it is known. */
  readonly recorded: bigint | undefined;
  /** The button of a step; only the next step's is the main one. */
  readonly actions: Partial<Record<Step["id"], (variant: "filled" | "default") => ReactNode>>;
  /** How a step is going, or why it failed. */
  readonly notes: Partial<Record<Step["id"], ReactNode>>;
}

/** The steps, with the action of the first that is not done. It goes away when all has been done once. */
export function Checklist({ connection, recorded, actions, notes }: ChecklistProps) {
  const texts = statusTexts.checklist;
  const missing = useMissingPlaces();
  const all = steps(connection, missing, recorded);
  const done = all.filter((step) => step.done).length;
  const next = all.find((step) => !step.done && !(step.id === "map" && recorded === 0n));
  // Accounts can be imported again. Mapping holds nobody up: events without an account wait for it.
  const offered = (step: Step) =>
    step === next || (step.id === "import" && step.done) || (next?.id === "map" && step.id === "start");
  return (
    <Card label={texts.title}>
      <div className={classes.top}>
        <h2 className={classes.cardTitle}>{texts.title}</h2>
        <span className={classes.hint}>{texts.progress(done, all.length)}</span>
      </div>
      <ol className={classes.steps}>
        {all.map((step, index) => (
          <li key={step.id} className={classes.step} data-state={step.done ? "done" : step === next ? "next" : "later"}>
            <span className={classes.mark} aria-hidden="true">
              {step.done ? <CheckIcon size={16} /> : index + 1}
            </span>
            <div className={classes.stepText}>
              <div className={classes.stepTitle}>
                {step.title}
                <VisuallyHidden>: {step.done ? texts.done : step === next ? texts.next : texts.later}</VisuallyHidden>
              </div>
              {!step.done && <div className={classes.hint}>{step.hint}</div>}
            </div>
            {offered(step) && actions[step.id]?.(step === next ? "filled" : "default")}
            {notes[step.id] && <div className={classes.stepNote}>{notes[step.id]}</div>}
          </li>
        ))}
      </ol>
    </Card>
  );
}
