import { Button, CloseButton } from "@mantine/core";
import type { ReactNode } from "react";
import { type Told, tellError } from "../api/errors.js";
import { usePageLinks } from "../shell/links.js";
import { reference, type WayOut, wayOutLabels } from "../texts/errors.js";
import { partTexts } from "../texts/parts.js";
import { AlertIcon, CheckIcon, InfoIcon } from "./icons.js";
import classes from "./notice.module.css";
import type { Tone } from "./state-badge.js";

interface NoticeProps {
  readonly tone: Tone;
  readonly title?: string;
  readonly children?: ReactNode;
  /** Buttons or links at its end. */
  readonly actions?: ReactNode;
  readonly onDismiss?: () => void;
}

/** Something that people should read, in its tone. Screen readers speak it when it appears. */
export function Notice({ tone, title, children, actions, onDismiss }: NoticeProps) {
  const Icon = tone === "bad" || tone === "warn" ? AlertIcon : tone === "good" ? CheckIcon : InfoIcon;
  return (
    <div className={`${classes.notice} ${classes[tone]}`} role={tone === "bad" ? "alert" : "status"}>
      <span className={classes.icon}>
        <Icon />
      </span>
      <div className={classes.body}>
        <div className={classes.text}>
          {title !== undefined && <div className={classes.title}>{title}</div>}
          {children}
        </div>
        {actions}
      </div>
      {onDismiss && <CloseButton aria-label={partTexts.dismiss} onClick={onDismiss} c="inherit" size="sm" />}
    </div>
  );
}

interface ErrorNoticeProps {
  readonly error: unknown;
  /** Does again what failed; without it, "try again" is not offered. */
  readonly onRetry?: () => void;
  readonly onFirstPage?: () => void;
  readonly onDismiss?: () => void;
}

/** A failure as a sentence with a way out. */
export function ErrorNotice({ error, onRetry, onFirstPage, onDismiss }: ErrorNoticeProps) {
  const told = tellError(error);
  return (
    <Notice
      tone="bad"
      title={told.title}
      actions={<WayOutButton wayOut={told.wayOut} onRetry={onRetry} onFirstPage={onFirstPage} />}
      {...(onDismiss && { onDismiss })}
    >
      {told.sentence}
      <Reference told={told} />
    </Notice>
  );
}

function Reference({ told }: { told: Told }) {
  return told.reference === "" ? null : <div className={classes.small}>{reference(told.reference)}</div>;
}

function WayOutButton(props: {
  wayOut: WayOut;
  onRetry: (() => void) | undefined;
  onFirstPage: (() => void) | undefined;
}) {
  const { wayOut } = props;
  const links = usePageLinks();
  if (wayOut === "none") {
    return null;
  }
  const button = { variant: "default", size: "xs" } as const;
  const label = wayOutLabels[wayOut];
  const page = { connect: "status", "start-sync": "status", accounts: "accounts" }[wayOut as string];
  if (page !== undefined) {
    const href = links.href(page);
    return href === undefined ? null : (
      <Button {...button} component="a" href={href} onClick={links.follow}>
        {label}
      </Button>
    );
  }
  const reload = () => window.location.reload();
  const act = { retry: props.onRetry, "first-page": props.onFirstPage, reload, "sign-in": reload }[wayOut as string];
  return act === undefined ? null : (
    <Button {...button} onClick={act}>
      {label}
    </Button>
  );
}
