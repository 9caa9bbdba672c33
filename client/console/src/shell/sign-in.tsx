import { Button } from "@mantine/core";
import type { SignInProblem } from "../api/session.js";
import { shellTexts } from "../texts/shell.js";
import { DeadEnd } from "./dead-ends.js";

/** Nobody is signed in: why, and what to do. */
export function SignInFailed({ problem }: { problem: SignInProblem }) {
  const texts = shellTexts.signIn;
  const sentence = { "no-token": texts.noToken, refused: texts.refused, unreachable: texts.unreachable }[problem];
  return (
    <DeadEnd title={texts.title} action={<Button onClick={() => window.location.reload()}>{texts.retry}</Button>}>
      {sentence}
    </DeadEnd>
  );
}
