import { Code, ConnectError } from "@connectrpc/connect";
import { screen, waitFor, within } from "@testing-library/react";
import { timestampFromDate } from "@tillpost/client";
import { ConnectionHealth } from "@tillpost/client/financial";
import { Connection_State } from "@tillpost/client/integration";
import { expect, test } from "vitest";
import { type Methods, manager, renderPage } from "../../../test/render.js";
import { hasFilters, matches, matchesByName, type Named, noFilters, readFilters } from "./lists.js";

const address = "settings/financial/locations";
const then = timestampFromDate(new Date("2026-11-02T12:00:00Z"));

const places = [
  { quickbooksLocationId: "1", name: "East:Harbor Street", active: true },
  { quickbooksLocationId: "2", name: "Pine Hill", active: true },
  { quickbooksLocationId: "3", name: "Old Mill", active: false },
];

/** A server that keeps what is mapped. */
function server(more: { methods?: Methods["financial"]; tracked?: boolean; connected?: boolean } = {}): Methods {
  const { tracked = true, connected = true } = more;
  const mapped = new Map<string, string>([["mill", "3"]]);
  return {
    integration: {
      getConnection: () => ({
        connection: { state: connected ? Connection_State.CONNECTED : Connection_State.NOT_CONNECTED },
      }),
      importLocations: () => ({ locations: places, classes: [] }),
    },
    financial: {
      listLocations: () => ({
        locations: ["harbor-street", "mill", "pine-hill"].map((locationId) => {
          const quickbooksLocation = places.find((place) => place.quickbooksLocationId === mapped.get(locationId));
          const by = { updatedBy: "ann", updateTime: then };
          return quickbooksLocation ? { locationId, quickbooksLocation, ...by } : { locationId };
        }),
        itemClasses: [{ itemClass: "Shirts" }],
        quickbooksLocations: places,
        locationTrackingEnabled: tracked,
      }),
      mapLocation({ locationId, quickbooksLocationId }) {
        mapped.set(locationId, quickbooksLocationId);
        return {};
      },
      async *watchSyncStatus(_, { signal }) {
        yield { status: { connectionHealth: ConnectionHealth.GOOD, syncStarted: true } };
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
      ...more.methods,
    },
  };
}

const picker = async (name: string) =>
  (await screen.findByRole("combobox", { name: `QuickBooks location of ${name}` })) as HTMLInputElement;

test("a location is mapped and unmapped by one choice", async () => {
  const { user } = renderPage(address, server());
  expect(await screen.findByText("1 of 3 mapped.")).toBeTruthy();
  expect((await picker("mill")).value).toBe("Old Mill");
  expect(screen.getByText("inactive in QuickBooks")).toBeTruthy();
  await user.click(await picker("harbor-street"));
  expect(screen.queryByRole("option", { name: "Old Mill" })).toBeNull();
  await user.click(await screen.findByRole("option", { name: "East › Harbor Street" }));
  expect(await screen.findByText(/^Entries of harbor-street carry the location East:Harbor Street/)).toBeTruthy();
  expect((await picker("harbor-street")).value).toBe("East › Harbor Street");
  expect(await screen.findByText("2 of 3 mapped.")).toBeTruthy();
  await user.click(await picker("harbor-street"));
  await user.click(await screen.findByRole("option", { name: "No location" }));
  expect(await screen.findByText("Entries of harbor-street carry no location from now on.")).toBeTruthy();
  expect(await screen.findByText("1 of 3 mapped.")).toBeTruthy();
});

test("what has the same name is mapped at once, after it was shown", async () => {
  const { user } = renderPage(address, server());
  await user.click(await screen.findByRole("button", { name: "Map 2 by name…" }));
  const dialog = await screen.findByRole("dialog", { name: "Map 2 by name?" });
  expect(within(dialog).getByText("harbor-street is East:Harbor Street")).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Map" }));
  expect(await screen.findByText("2 mapped by name.")).toBeTruthy();
  expect(await screen.findByText("3 of 3 mapped.")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /by name…$/ })).toBeNull();
});

test("a choice that fails is told where it was made, and the old value stays", async () => {
  const mapLocation = () => {
    throw new ConnectError("no answer", Code.Unavailable);
  };
  const { user } = renderPage(address, server({ methods: { mapLocation } }));
  await user.click(await picker("pine-hill"));
  await user.click(await screen.findByRole("option", { name: "Pine Hill" }));
  const table = screen.getByRole("table", { name: "Retail locations" });
  expect(await within(table).findByText("Tillpost cannot be reached")).toBeTruthy();
  expect((await picker("pine-hill")).value).toBe("No location");
});

test("the page says what QuickBooks tracks, and imports", async () => {
  const { user } = renderPage(address, server({ tracked: false }));
  expect(await screen.findByText("QuickBooks does not track locations")).toBeTruthy();
  expect(screen.getByText("QuickBooks does not track classes per line")).toBeTruthy();
  const classes = screen.getByRole("combobox", { name: "QuickBooks class of Shirts" }) as HTMLInputElement;
  expect(classes.disabled).toBe(true);
  const button = screen.getByRole("button", { name: "Import from QuickBooks" }) as HTMLButtonElement;
  await waitFor(() => expect(button.disabled).toBe(false));
  await user.click(button);
  expect(await screen.findByText("3 locations and 0 classes imported.")).toBeTruthy();
});

test("a company that has and tracks nothing is not asked to be imported for ever", async () => {
  const listLocations = () => ({ locations: [{ locationId: "mill" }] });
  const methods = server({ methods: { listLocations } });
  const integration = { ...methods.integration, importLocations: () => ({}) };
  const { user } = renderPage(address, { ...methods, integration });
  expect((await picker("mill")).placeholder).toBe("Import them first");
  await user.click(screen.getByRole("button", { name: "Import from QuickBooks" }));
  expect(await screen.findByText("QuickBooks does not track locations")).toBeTruthy();
  expect(screen.queryByText(/then say which is which/)).toBeNull();
  expect((await picker("mill")).placeholder).toBe("QuickBooks has none");
});

test("the filters stand in the address and hold for both lists", async () => {
  const { user, history } = renderPage(`${address}?show=unmapped`, server());
  expect(await picker("pine-hill")).toBeTruthy();
  expect(screen.queryByRole("combobox", { name: "QuickBooks location of mill" })).toBeNull();
  await user.type(screen.getByRole("searchbox", { name: "Search" }), "shirt");
  await waitFor(() => expect(history.location.search).toBe("?find=shirt&show=unmapped"));
  expect(await screen.findByText("Nothing matches these filters")).toBeTruthy();
  expect(screen.getByRole("combobox", { name: "QuickBooks class of Shirts" })).toBeTruthy();
});

test("without a connection or a right nothing can be changed, and an empty list says why", async () => {
  const reader = { ...manager, claims: { ...manager.claims, mayManage: false } };
  const view = renderPage(address, server({ connected: false }), reader);
  expect((await picker("mill")).disabled).toBe(true);
  expect(await screen.findByRole("link", { name: "Go to the connection" })).toBeTruthy();
  view.unmount();
  renderPage(address, server({ methods: { listLocations: () => ({}) } }));
  expect(await screen.findByText("A location appears here with the first event that names it.")).toBeTruthy();
  expect(screen.getByText(/^Import the locations and classes of your company/)).toBeTruthy();
});

test("filters and names", () => {
  const line = (name: string, target?: string): Named => ({
    name,
    target: target === undefined ? undefined : { id: target, name: target, active: true },
    updatedBy: "",
    updateTime: undefined,
  });
  expect(readFilters({ show: "toString", find: "x" })).toEqual({ find: "x", show: "" });
  expect(hasFilters(readFilters(noFilters))).toBe(false);
  expect(matches(line("a", "Pine"), readFilters({ find: "PINE", show: "mapped" }))).toBe(true);
  expect(matches(line("a"), readFilters({ show: "mapped" }))).toBe(false);
  const twice = [
    { id: "1", name: "East:Mill", active: true },
    { id: "2", name: "West:Mill", active: true },
    { id: "3", name: "Pine", active: false },
  ];
  expect(matchesByName({ rows: [line("mill"), line("pine")], targets: twice, tracked: true })).toEqual([]);
});
