// Which browser tests run in; the console's use it too.
import { existsSync } from "node:fs";

/** The one that TILLPOST_CHROMIUM names, Debian's Chromium, or Google's. */
export function findChromium() {
  const named = process.env.TILLPOST_CHROMIUM;
  const found = [named, "/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => path && existsSync(path));
  if (found === undefined) {
    throw new Error(
      "Tests in a browser need Chromium: install it, for instance with sudo apt-get install chromium, " +
        "or name one with TILLPOST_CHROMIUM.",
    );
  }
  return found;
}
