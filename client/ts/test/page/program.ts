// In a page the driver runs the program; every test file shares one service, and none ends it.
import "./driver.js";
import type { Service } from "../program.js";

export type { Service };

/** The origin of this page. */
export const consoleOrigin = location.origin;

export async function startService(): Promise<Service> {
  const stop = () => Promise.resolve();
  return { ...(await window.tillpostService()), stop, restart: () => window.tillpostRestart() };
}
