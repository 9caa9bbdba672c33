import type { ReactNode } from "react";
import classes from "./page.module.css";

/** The head of what a page shows, below the frame's h1: what it is, in a line what it is for, and its main actions. */
export function PageHeader(props: { title: string; lead?: ReactNode; actions?: ReactNode }) {
  return (
    <header className={classes.header}>
      <div>
        <h2 className={classes.title}>{props.title}</h2>
        {props.lead !== undefined && <p className={classes.lead}>{props.lead}</p>}
      </div>
      {props.actions}
    </header>
  );
}

/** A sheet that holds one thing. */
export function Card(props: { children: ReactNode; padded?: boolean; label?: string }) {
  const className = props.padded === false ? classes.card : `${classes.card} ${classes.padded}`;
  return props.label === undefined ? (
    <div className={className}>{props.children}</div>
  ) : (
    <section className={className} aria-label={props.label}>
      {props.children}
    </section>
  );
}

/** What stands where nothing is yet: why, and what to do. Where that is the whole page, its title is the page's heading. */
export function EmptyState(props: { title: string; page?: boolean; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes.empty}>
      {props.page ? (
        <h1 className={classes.pageTitle}>{props.title}</h1>
      ) : (
        <div className={classes.emptyTitle}>{props.title}</div>
      )}
      {props.children !== undefined && <p>{props.children}</p>}
      {props.action}
    </div>
  );
}
