// Help > API reference: docs/api.md, rendered while the console was built.
import { useEffect } from "react";
import { html } from "../../../../../../docs/api.md";
import { PageHeader } from "../../../parts/index.js";
import { helpTexts } from "../../../texts/help.js";
import { shellTexts } from "../../../texts/shell.js";
import classes from "./api.module.css";
import { Contents } from "./contents.js";

export default function ApiPage() {
  useEffect(showTarget, []);
  return (
    <>
      <PageHeader title={shellTexts.pages.api} lead={helpTexts.api.lead} />
      <div className={classes.columns}>
        <Contents />
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: our own page; markdown.ts lets through only text and links within it */}
        <article className={classes.document} dangerouslySetInnerHTML={{ __html: html }} />
      </div>
    </>
  );
}

/** The page comes after its address, so a browser that was sent to a heading has to be taken there. */
function showTarget() {
  document.getElementById(window.location.hash.slice(1))?.scrollIntoView();
}
