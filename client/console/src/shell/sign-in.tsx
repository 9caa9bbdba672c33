import { Button, Center } from "@mantine/core";
import type { SignInProblem } from "../api/session.js";
import { EmptyState } from "../parts/page.js";
import { shellTexts } from "../texts/shell.js";

/** Nobody is signed in: why, and what to do. */
export function SignInFailed({ problem }: { problem: SignInProblem }) {
  const texts = shellTexts.signIn;
  const sentence = { "no-token": texts.noToken, refused: texts.refused, unreachable: texts.unreachable }[problem];
  return (
    <Center mih="80vh" component="main">
      <EmptyState title={texts.title} action={<Button onClick={() => window.location.reload()}>{texts.retry}</Button>}>
        {sentence}
      </EmptyState>
    </Center>
  );
}
