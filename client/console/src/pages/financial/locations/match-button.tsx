// Map by name: what is called the same on both sides, all at once, after it was shown.
import { Button, List, Progress, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useMayManage } from "../../../api/context.js";
import { ConfirmDialog } from "../../../parts/index.js";
import { locationsTexts } from "../../../texts/locations.js";
import type { Mapping, Match } from "./lists.js";

const texts = locationsTexts.match;
/** How many are named before the rest is only counted. */
const named = 12;

export function MatchButton({ found, useMap }: { found: readonly Match[]; useMap(): Mapping }) {
  const mayManage = useMayManage();
  // Kept while they are mapped: what is found changes with every one that is done.
  const [asked, setAsked] = useState<readonly Match[]>();
  return (
    <>
      {found.length > 0 && (
        <Button variant="default" size="xs" disabled={!mayManage} onClick={() => setAsked(found)}>
          {texts.action(found.length)}
        </Button>
      )}
      {asked && <MatchDialog found={asked} useMap={useMap} onClose={() => setAsked(undefined)} />}
    </>
  );
}

function MatchDialog(props: { found: readonly Match[]; useMap(): Mapping; onClose(): void }) {
  const { found, onClose } = props;
  const { map, error } = props.useMap();
  const [done, setDone] = useState(0);
  const [running, setRunning] = useState(false);
  const run = async () => {
    setRunning(true);
    try {
      for (const [index, { name, target }] of found.entries()) {
        if (index >= done) {
          await map({ name, id: target.id }); // one after another: the first failure ends it, and trying again goes on there
          setDone(index + 1);
        }
      }
      notifications.show({ message: texts.done(found.length) });
      onClose();
    } catch {
      setRunning(false); // the mutation keeps the error, and the dialog shows it
    }
  };
  return (
    <ConfirmDialog
      opened
      title={texts.title(found.length)}
      confirm={texts.confirm}
      busy={running}
      error={running ? undefined : error}
      onConfirm={() => void run()}
      onClose={onClose}
    >
      <Text>{texts.text}</Text>
      <List>
        {found.slice(0, named).map(({ name, target }) => (
          <List.Item key={name}>{texts.pair(name, target.name)}</List.Item>
        ))}
        {found.length > named && <List.Item>{texts.more(found.length - named)}</List.Item>}
      </List>
      {done > 0 && (
        <div>
          <Progress value={(done / found.length) * 100} aria-label={texts.title(found.length)} />
          <Text size="sm" role="status">
            {texts.progress(done, found.length)}
          </Text>
        </div>
      )}
    </ConfirmDialog>
  );
}
