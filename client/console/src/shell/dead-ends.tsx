import { Button, Center } from "@mantine/core";
import { EmptyState } from "../parts/page.js";
import { shellTexts } from "../texts/shell.js";

export function PageNotFound() {
  const texts = shellTexts.notFound;
  return (
    <Center mih="60vh" component="main">
      <EmptyState
        title={texts.title}
        action={
          <Button component="a" href="/console/">
            {texts.home}
          </Button>
        }
      >
        {texts.text}
      </EmptyState>
    </Center>
  );
}

export function PageCrashed() {
  const texts = shellTexts.crashed;
  return (
    <Center mih="60vh">
      <EmptyState
        title={texts.title}
        action={<Button onClick={() => window.location.reload()}>{shellTexts.signIn.retry}</Button>}
      >
        {texts.text}
      </EmptyState>
    </Center>
  );
}
