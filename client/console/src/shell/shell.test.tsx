import { render, screen, waitFor, within } from "@testing-library/react";
import { ConnectionHealth } from "@tillpost/client/financial";
import { describe, expect, test } from "vitest";
import { Look } from "../app.js";
import { type Methods, manager, renderPage } from "../test/render.js";
import { lastRetailer } from "./retailer.js";
import { SignInFailed } from "./sign-in.js";

const server: Methods = {
  integration: { getConnection: () => ({}), listBackfills: () => ({}) },
  financial: {
    async *watchSyncStatus(_, { signal }) {
      yield { status: { connectionHealth: ConnectionHealth.NOT_CONNECTED, counts: [] } };
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  },
};

/** Waits for the page with this heading. */
const shows = (text: string) => waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe(text));

describe("an address that leads nowhere", () => {
  test("keeps the retailer's pages at hand where only the page is wrong", async () => {
    const { user } = renderPage("settings/nonsense", server);
    await shows("There is no such page");
    expect(document.title).toBe("There is no such page · Tillpost");
    expect(screen.getAllByRole("main")).toHaveLength(1);
    const navigation = within(screen.getByRole("navigation", { name: "Main navigation" }));
    expect(navigation.getAllByRole("link").filter((link) => link.getAttribute("aria-current"))).toEqual([]);
    await user.click(navigation.getByRole("link", { name: "Help" }));
    await shows("Help: Guide");
    expect(document.title).toBe("Guide · Tillpost");
  });

  test("asks nothing of the server where no retailer can have that id", async () => {
    const { history } = renderPage("", server);
    await shows("QuickBooks Online: Status");
    history.push("/console/not%20valid!/overview");
    await shows("There is no such retailer");
    expect(screen.getByRole("link", { name: "Choose a retailer" }).getAttribute("href")).toBe("/console/");
    expect(screen.queryByRole("alert")).toBeNull();
    expect(lastRetailer()).toBe("my-shop");
  });
});

test("a retailer may be called like a page, or like the console", async () => {
  const { history } = renderPage("", server);
  for (const retailer of ["overview", "console", "help"]) {
    history.push(`/console/${retailer}`);
    await screen.findByRole("button", { name: `Retailer ${retailer}, switch to another` });
    await shows("QuickBooks Online: Status");
  }
});

test("who may see one retailer gets its name, and no switch", async () => {
  renderPage("help/guide", server, { ...manager, anyRetailer: false });
  await shows("Help: Guide");
  const banner = within(screen.getByRole("banner"));
  expect(banner.getByText("my-shop")).toBeTruthy();
  expect(banner.queryByRole("button", { name: /Retailer/ })).toBeNull();
});

test("who may only look is told so on every page", async () => {
  renderPage("help/guide", server, { ...manager, claims: { ...manager.claims, mayManage: false } });
  await screen.findByText(/You can look at everything here and change nothing/);
});

test.each([
  ["no-token", /opened from your retail platform/],
  ["refused", /does not hand out its development token/],
  ["unreachable", /cannot be reached/],
] as const)("without a session (%s) it is said why, with a way out", (problem, sentence) => {
  render(
    <Look env="test">
      <SignInFailed problem={problem} />
    </Look>,
  );
  expect(within(screen.getByRole("main")).getByRole("heading", { level: 1 }).textContent).toBe("Sign in");
  expect(screen.getByText(sentence)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
  expect(document.title).toBe("Sign in · Tillpost");
});
