// What the API reference has, to find an RPC or a type by its name.
import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { headings } from "../../../../../../docs/api.md";
import { SearchField } from "../../../parts/index.js";
import { helpTexts } from "../../../texts/help.js";
import classes from "./api.module.css";

const texts = helpTexts.api;

interface Chapter {
  readonly id: string;
  readonly text: string;
  readonly entries: readonly { id: string; text: string }[];
}

const chapters: readonly Chapter[] = headings
  .filter(({ level }) => level === 2)
  .map(({ id, text }) => ({ id, text, entries: entriesOf(id) }));

/** What stands below a chapter, up to the next one. */
function entriesOf(chapter: string): Chapter["entries"] {
  const below = headings.slice(headings.findIndex(({ id }) => id === chapter) + 1);
  const end = below.findIndex(({ level }) => level === 2);
  return end === -1 ? below : below.slice(0, end);
}

/** The chapters with the entries whose name has the text; a chapter whose own name has it stays too. */
export function find(text: string): Chapter[] {
  const wanted = text.toLowerCase();
  const matches = (name: string) => name.toLowerCase().includes(wanted);
  return chapters.flatMap((chapter) => {
    const entries = chapter.entries.filter((entry) => matches(entry.text));
    return entries.length > 0 || matches(chapter.text) ? [{ ...chapter, entries }] : [];
  });
}

export function Contents() {
  // On a phone the contents would push the page out of sight: there they open when asked for.
  const wide = useMediaQuery("(min-width: 62em)") ?? true;
  return wide ? (
    <div className={classes.contents}>
      <List />
    </div>
  ) : (
    <details className={classes.folded}>
      <summary>{texts.open}</summary>
      <List />
    </details>
  );
}

function List() {
  const [text, look] = useState("");
  const found = find(text);
  const count = found.reduce((sum, { entries }) => sum + Math.max(entries.length, 1), 0);
  return (
    <>
      <SearchField label={texts.find} hint={texts.findHint} value={text} look={look} />
      <p className={classes.found} role="status">
        {text !== "" && (count === 0 ? texts.none : texts.found(count))}
      </p>
      <nav aria-label={texts.contents}>
        {found.map(({ id, text, entries }) => (
          <div key={id}>
            <a className={classes.chapter} href={`#${id}`}>
              {text}
            </a>
            <ul className={classes.entries}>
              {entries.map((entry) => (
                <li key={entry.id}>
                  <a href={`#${entry.id}`}>{entry.text.replace(/ \((message|enum)\)$/, "")}</a>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
    </>
  );
}
