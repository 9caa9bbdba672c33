// Where nothing more can be shown: what happened, and the way on. Each is a page of its own, with its heading and its title.
import { Button, Center } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { EmptyState } from "../parts/page.js";
import { shellTexts } from "../texts/shell.js";

/** A page that says one thing. Inside of the frame, which has the page's landmark, it is no landmark itself. */
export function DeadEnd(props: { title: string; children: ReactNode; action: ReactNode; framed?: boolean }) {
  useEffect(() => {
    document.title = shellTexts.title(props.title);
  }, [props.title]);
  return (
    <Center mih={props.framed ? "60vh" : "80vh"} component={props.framed ? "div" : "main"}>
      <EmptyState title={props.title} page action={props.action}>
        {props.children}
      </EmptyState>
    </Center>
  );
}

const start = (label: string) => (
  <Button component="a" href="/console/">
    {label}
  </Button>
);

function NotFound({ framed }: { framed: boolean }) {
  const { title, text, home } = shellTexts.notFound;
  return (
    <DeadEnd title={title} action={start(home)} framed={framed}>
      {text}
    </DeadEnd>
  );
}

export function PageNotFound() {
  return <NotFound framed={false} />;
}

/** A retailer has no such page: its others stay at hand. */
export function PageOfRetailerNotFound() {
  return <NotFound framed />;
}

/** The address names a retailer that cannot be. */
export function NoSuchRetailer() {
  const { title, text, choose } = shellTexts.noSuchRetailer;
  return (
    <DeadEnd title={title} action={start(choose)}>
      {text}
    </DeadEnd>
  );
}

export function PageCrashed() {
  const { title, text } = shellTexts.crashed;
  return (
    <DeadEnd
      title={title}
      action={<Button onClick={() => window.location.reload()}>{shellTexts.signIn.retry}</Button>}
      framed
    >
      {text}
    </DeadEnd>
  );
}
