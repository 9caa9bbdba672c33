import { screen, waitFor, within } from "@testing-library/react";
import { FinancialService } from "@tillpost/client/financial";
import { IntegrationService } from "@tillpost/client/integration";
import { describe, expect, test } from "vitest";
import { headings, html } from "../../../../../docs/api.md";
import { renderMarkdown } from "../../../markdown.js";
import { renderPage } from "../../test/render.js";
import { reasonTexts, stateNames } from "../../texts/events.js";
import { find } from "./api/contents.js";

const methods = [...FinancialService.methods, ...IntegrationService.methods].map(({ name }) => name);

describe("the API reference", () => {
  test("has a heading for every RPC of both services", async () => {
    const { container } = renderPage("help/api", {});
    await screen.findByRole("heading", { name: "FinancialService" });
    for (const name of methods) {
      const heading = container.querySelector(`h3#${name.toLowerCase()}`);
      expect(heading?.textContent, name).toBe(name);
    }
  });

  test("has no two headings with one address, and no link that leads nowhere", () => {
    const ids = headings.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...html.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id ?? "");
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test("is found by the name of an RPC or a type", async () => {
    const { user } = renderPage("help/api", {});
    const contents = within(await screen.findByRole("navigation", { name: "Contents" }));
    contents.getByRole("link", { name: "FinancialService" });
    await user.type(screen.getByRole("searchbox", { name: "Find" }), "RECORDEV");
    await waitFor(() => expect(contents.queryByRole("link", { name: "ListAccounts" })).toBeNull());
    const link = contents.getByRole("link", { name: "RecordEvents" });
    expect(link.getAttribute("href")).toBe("#recordevents");
    await user.type(screen.getByRole("searchbox", { name: "Find" }), "zzz");
    await screen.findByText("Nothing has this in its name.");
  });

  test("keeps a chapter whose own name is looked for", () => {
    expect(find("retries").map(({ id }) => id)).toEqual(["retries"]);
    expect(find("").flatMap(({ entries }) => entries).length).toBeGreaterThan(methods.length);
  });
});

describe("the build of a page", () => {
  const cases: [string, string][] = [
    ["HTML", "A <b>word</b>."],
    ["a block of HTML", "<script>alert(1)</script>"],
    ["an image", "![picture](a.png)"],
    ["a script behind a link", "[word](javascript:alert(1))"],
    ["a link to elsewhere", "[word](https://shop.example)"],
    ["an address in the text", "See https://shop.example now."],
  ];
  test.each(cases)("refuses %s", (_, source) => {
    expect(() => renderMarkdown(source)).toThrow("the console shows");
  });

  test("escapes what code holds, and needs no style of its own", () => {
    const page = renderMarkdown("# Title\n\n## A `b`: c\n\n```sh\na < b && c\n```\n\n| x |\n|:-:|\n| `<i>` |\n");
    expect(page.headings).toEqual([{ level: 2, id: "a-b-c", text: "A b: c" }]);
    expect(page.html).toContain("<code>a &lt; b &amp;&amp; c</code>");
    expect(page.html).toContain("&lt;i&gt;");
    expect(page.html).not.toMatch(/Title|style|align/);
  });
});

describe("the guide", () => {
  test("tells every state and every cause, and leads to their events", async () => {
    renderPage("help/guide", {});
    await screen.findByRole("heading", { name: "What happens to an event" });
    for (const name of Object.values(stateNames).slice(1)) {
      const link = screen.getByRole("link", { name: `Show events: ${name}` });
      expect(link.getAttribute("href"), name).toMatch(
        /\/console\/my-shop\/integrations\/quickbooks\/events\?state=[a-z-]+$/,
      );
    }
    for (const { title, hint } of Object.values(reasonTexts).slice(1)) {
      screen.getByText(hint, { exact: false });
      const link = screen.getByRole("link", { name: `Show events: ${title}` });
      expect(link.getAttribute("href"), title).toMatch(/events\?reason=[a-z-]+$/);
    }
  });
});
