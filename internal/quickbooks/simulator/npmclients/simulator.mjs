// The simulator as a test uses it: the real program, started for one file of tests and stopped after it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** The app that the simulator knows unless it is told of another, and an address that it may send codes to. */
export const app = {
  clientId: "simulator-client",
  clientSecret: "simulator-secret",
  redirectUri: "http://localhost:8400/callback",
};

/** The realm id of the first company. */
export const realm = "9341450000000001";

/**
 * Starts the simulator and waits until it says where it listens.
 * @param {...string} flags beside the address and the seed
 * @returns {Promise<{url: string, stop: () => Promise<number | null>}>}
 */
export async function startSimulator(...flags) {
  const program = process.env.TILLPOST_PROGRAM;
  if (!program) {
    throw new Error("TILLPOST_PROGRAM is not set: run these tests with npm test");
  }
  const args = ["simulator", "--listen", "127.0.0.1:0", "--seed", "1", "--no-limits", ...flags];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const killWithTests = () => child.kill("SIGKILL");
  process.once("exit", killWithTests);

  const stop = async () => {
    process.off("exit", killWithTests);
    child.kill("SIGTERM");
    const [status] = await ended;
    return status;
  };
  let said = "";
  for await (const line of createInterface({ input: child.stdout })) {
    said += `${line}\n`;
    const address = /^\s*address\s+(\S+)/.exec(line);
    if (address?.[1]) {
      child.stdout.resume();
      return { url: address[1], stop };
    }
  }
  throw new Error(`the simulator did not start; it said:\n${said}`);
}
