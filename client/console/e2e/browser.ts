// A browser that looks for what must not be: errors in the page, breaches of its policy, calls to anybody else.
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

export function launch(): Promise<Browser> {
  const args = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // A page that is watched reads its scripts again to know the lines of every error that it makes, unless it knows them all
    // from the start: a tenth of a first load, which nobody has who only looks at it.
    "--js-flags=--no-enable-lazy-source-positions",
  ];
  return chromium.launch({ executablePath: process.env.TILLPOST_CHROMIUM ?? "", args });
}

/**
 * How many times as slow this machine is now as the one that budgets of time are for: 1 at least. It is told from what a page needs
 * for work like that of a first load: text is read, elements are made and laid out.
 */
export async function slowness(browser: Browser): Promise<number> {
  const page = await browser.newPage();
  const ms = await page.evaluate(() => {
    const begun = performance.now();
    for (let round = 0; round < 20; round++) {
      const rows = Array.from({ length: 2_000 }, (_, i) => ({
        id: `event-${i}`,
        state: i % 7,
        memo: "Sale ".repeat(i % 9),
      }));
      const read = JSON.parse(JSON.stringify(rows)) as typeof rows;
      const list = document.createElement("div");
      list.append(
        ...read.slice(0, 500).map(({ id, memo }) => {
          const row = document.createElement("p");
          row.textContent = `${id} ${memo}`;
          return row;
        }),
      );
      document.body.replaceChildren(list);
      document.body.getBoundingClientRect();
    }
    return performance.now() - begun;
  });
  await page.close();
  return Math.max(1, ms / usualMs);
}

// What the work of slowness takes where the console's first loads take a second and a quarter.
const usualMs = 400;

export interface Visit {
  readonly page: Page;
  /** What should not have happened so far. */
  readonly faults: string[];
  close(): Promise<void>;
}

/** Opens a page in a browser profile of its own. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: "en-US",
    reducedMotion: "reduce", // colors are judged as they are, not while they fade in
    ...options,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  const { origin } = new URL(url);
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") {
      faults.push(message.text());
    }
  });
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin && !request.url().startsWith("data:")) {
      faults.push(`third party: ${request.url()}`);
    }
  });
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}

/**
 * Waits until nothing loads any more, in several frames in a row, since one answer may lead to the next question. What is
 * asked in each frame is no promise: that would count as a yes.
 */
export function settled(page: Page) {
  return page.waitForFunction(() => {
    const seen = window as { idleFrames?: number };
    const idle = document.querySelector("[aria-busy=true], [data-visible=true].mantine-Skeleton-root") === null;
    seen.idleFrames = idle ? (seen.idleFrames ?? 0) + 1 : 0;
    if (seen.idleFrames < 5) {
      return false;
    }
    seen.idleFrames = 0;
    return true;
  });
}

/** Names the serious and critical findings of axe, which must be none. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every((a) => a.playState !== "running" || a.effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY),
  );
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .setLegacyMode(true) // it opens no window of its own, which only pages with frames need
    .analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`,
    );
}

/** By how many pixels the page, or a window or drawer in it, is wider than its place. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    // A phone's innerWidth grows with what is too wide, clientWidth does not.
    const places = [document.documentElement, ...document.querySelectorAll("[role=dialog], [role=dialog] > *")];
    return Math.max(...places.map((place) => place.scrollWidth - place.clientWidth));
  });
}

/** What the bar calls the retailer is to be read whole, also on a phone. */
export function retailerIsWhole(page: Page): Promise<boolean> {
  const name = page.getByRole("button", { name: /^Retailer .*, switch to another$/ }).locator("[class*=retailer]");
  return name.evaluate((box) => box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight);
}
