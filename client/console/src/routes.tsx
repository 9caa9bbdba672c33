// Every page of the console, in the order of the navigation. A new page is one line here, and a folder under pages/ whose
// index.tsx exports the page as default. Pages are loaded when they are first opened.
import type { ComponentType } from "react";
import { ChartIcon, HelpIcon, LedgerIcon, LinkIcon } from "./parts/icons.js";
import { shellTexts } from "./texts/shell.js";

const { groups, pages: labels, sections: titles } = shellTexts;

export interface Page {
  /** What links name it by. */
  readonly id: string;
  readonly section: string;
  /** Its address below the retailer's. */
  readonly path: string;
  readonly label: string;
  load(): Promise<{ default: ComponentType }>;
}

/** A section is one entry of the navigation; its pages are tabs. One without pages is not shown. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly icon: ComponentType;
  /** True for what stands apart, at the bottom of the navigation. */
  readonly apart?: boolean;
}

export const sections: readonly Section[] = [
  { id: "overview", title: titles.overview, group: "", icon: ChartIcon },
  { id: "quickbooks", title: titles.quickbooks, group: groups.integrations, icon: LinkIcon },
  { id: "financial", title: titles.financial, group: groups.settings, icon: LedgerIcon },
  { id: "help", title: titles.help, group: "", icon: HelpIcon, apart: true },
];

// biome-ignore format: one page, one line
export const pages: readonly Page[] = [
  { id: "overview", section: "overview", path: "overview", label: labels.overview, load: () => import("./pages/overview/index.js") },
  { id: "status", section: "quickbooks", path: "integrations/quickbooks/status", label: labels.status, load: () => import("./pages/integration/status/index.js") },
  { id: "events", section: "quickbooks", path: "integrations/quickbooks/events", label: labels.events, load: () => import("./pages/integration/events/index.js") },
  { id: "configuration", section: "financial", path: "settings/financial/configuration", label: labels.configuration, load: () => import("./pages/financial/configuration/index.js") },
  { id: "accounts", section: "financial", path: "settings/financial/accounts", label: labels.accounts, load: () => import("./pages/financial/accounts/index.js") },
  { id: "locations", section: "financial", path: "settings/financial/locations", label: labels.locations, load: () => import("./pages/financial/locations/index.js") },
  { id: "guide", section: "help", path: "help/guide", label: labels.guide, load: () => import("./pages/help/guide/index.js") },
  { id: "api", section: "help", path: "help/api", label: labels.api, load: () => import("./pages/help/api/index.js") },
];

/** Where a retailer's console begins. */
export const firstPage = pages.find((page) => page.id === "status") as Page;
