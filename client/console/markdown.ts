// Pages of docs/ for the console: Markdown becomes HTML while the console is built, so that browsers load no parser.
import { readFile } from "node:fs/promises";
import { Marked, type Tokens } from "marked";
import type { Plugin } from "vite";

export interface Heading {
  readonly level: number;
  readonly id: string;
  readonly text: string;
}

export interface Document {
  /** The page without its title, which the console shows itself. */
  readonly html: string;
  readonly headings: readonly Heading[];
}

/** Lets modules import `*.md`: what they get is a Document. */
export function markdown(): Plugin {
  return {
    name: "tillpost-markdown",
    enforce: "pre",
    async load(id) {
      if (!id.endsWith(".md")) {
        return null;
      }
      const { html, headings } = renderMarkdown(await readFile(id, "utf8"));
      const code = `export const html = ${JSON.stringify(html)};\nexport const headings = ${JSON.stringify(headings)};\n`;
      return { code, map: null, moduleType: "js" };
    },
  };
}

/**
 * Renders our own pages, and nothing but text, tables, code and links within the page: whatever else Markdown can hold makes
 * it fail. So nothing in the page can run, load or style anything.
 */
export function renderMarkdown(source: string): Document {
  const headings: Heading[] = [];
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        if (depth === 1) {
          return "";
        }
        const id = anchor(text);
        headings.push({ level: depth, id, text: text.replaceAll("`", "") });
        return `<h${depth} id="${id}"><a href="#${id}">${this.parser.parseInline(tokens)}</a></h${depth}>\n`;
      },
      link({ href, tokens }) {
        if (!/^#[\w-]+$/.test(href)) {
          throw new Error(`the console shows links within the page only, and not ${href}`);
        }
        return `<a href="${href}">${this.parser.parseInline(tokens)}</a>`;
      },
      html({ text }) {
        throw new Error(`the console shows no HTML: ${text}`);
      },
      image({ href }) {
        throw new Error(`the console shows no images: ${href}`);
      },
      // Code wider than the window is scrolled from the keyboard too.
      code: ({ text }) => `<pre tabindex="0"><code>${escapeText(text)}</code></pre>\n`,
      table(token) {
        const cells = (row: Tokens.TableCell[], tag: "td" | "th", role: string) =>
          row.map((cell) => `<${tag} role="${role}">${this.parser.parseInline(cell.tokens)}</${tag}>`).join("");
        const head = `<tr role="row">${cells(token.header, "th", "columnheader")}</tr>`;
        const body = token.rows.map((row) => `<tr role="row">${cells(row, "td", "cell")}</tr>`).join("\n");
        // On a phone the layout is no table's any more; the roles keep telling that it is one.
        return `<table role="table"><thead role="rowgroup">${head}</thead><tbody role="rowgroup">${body}</tbody></table>\n`;
      },
    },
  });
  return { html: marked.parse(source, { async: false }), headings };
}

/** The address that GitHub gives a heading, so that links work there and here. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
