// What a page asks of the process that drives its browser.
import type { Service } from "../program.js";

/** A test of a page, as it ended. */
export interface Result {
  readonly name: string;
  /** What went wrong; empty where nothing did. */
  readonly error: string;
}

/** The functions that the driver puts into the page. */
export interface Driver {
  /** Says where the service is. */
  tillpostService(): Promise<Pick<Service, "url" | "token">>;
  tillpostRestart(): Promise<void>;
  /** Has the retailer press a button in the next popup. */
  tillpostDecide(decision: "authorize" | "cancel"): Promise<void>;
  /** Runs the tests of the page; set by the page itself. */
  tillpostRun(): Promise<Result[]>;
}

declare global {
  interface Window extends Driver {}
}
