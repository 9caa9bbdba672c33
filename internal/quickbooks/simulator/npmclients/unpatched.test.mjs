// Both packages exactly as they come, on Intuit's own addresses: see as-intuit.sh and unpatched.mjs.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const asIntuit = fileURLToPath(new URL("as-intuit.sh", import.meta.url));
const tests = fileURLToPath(new URL("unpatched.mjs", import.meta.url));

/** @returns {string | false} why this machine cannot run the test */
function obstacle() {
  const { error, status, stderr } = spawnSync(asIntuit, ["--check"], { encoding: "utf8" });
  if (!error && status === 0) {
    return false;
  }
  const reason = error?.message ?? stderr.trim();
  return `it needs a private network (Linux, unshare), which this machine does not give: ${reason}`;
}

test("no address changed: HTTPS under Intuit's own host names", { skip: obstacle() }, () => {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env; // the tests inside report to this one, as text
  const { status, stdout, stderr } = spawnSync(asIntuit, [process.execPath, "--test-reporter=spec", tests], {
    encoding: "utf8",
    env: { ...env, AS_INTUIT_FLAGS: "--seed 1 --no-limits" },
  });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
});
