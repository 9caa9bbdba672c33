// The real program as a test uses it: a simulated QuickBooks and the service in front of it, with a database of their own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A running service. */
export interface Service {
  url: string;
  token: string;
  /** Ends the service and starts it anew, at the same address and with the same database. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The origin of a page that is not the service's. */
export const consoleOrigin = "https://console.example";

/** Starts a simulated QuickBooks and a service in development mode, and waits until both say where they are. */
export async function startService(...flags: string[]): Promise<Service> {
  const dir = await mkdtemp(join(tmpdir(), "tillpost-service-"));
  const simulator = await start(/^\s*address\s+(?<url>\S+)/m, "simulator", "--listen", "127.0.0.1:0", "--no-limits");
  const serve = (listen: string) =>
    start(
      /URL\s+(?<url>http\S+)[\s\S]*?token\s+(?<token>\S+)/,
      ...["serve", "--listen", listen, "--database", join(dir, "tillpost.db"), "--unpaced"],
      ...["--simulator-url", simulator.said.url ?? "", "--log-level", "warn", ...flags],
    );
  let service = await serve("127.0.0.1:0");
  const { url = "", token = "" } = service.said;
  return {
    url,
    token,
    async restart() {
      await service.stop();
      service = await serve(new URL(url).host);
    },
    async stop() {
      await service.stop();
      await simulator.stop();
      await rm(dir, { recursive: true });
    },
  };
}

/** Runs the program and waits until it has said what is expected of it. */
async function start(expected: RegExp, ...args: string[]) {
  const program = process.env.TILLPOST_PROGRAM;
  if (!program) {
    throw new Error("TILLPOST_PROGRAM is not set: run these tests with npm test");
  }
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const killWithTests = () => child.kill("SIGKILL");
  process.once("exit", killWithTests);
  const stop = async () => {
    process.off("exit", killWithTests);
    child.kill("SIGTERM");
    await ended;
  };
  let text = "";
  for await (const line of createInterface({ input: child.stdout })) {
    text += `${line}\n`;
    const found = expected.exec(text);
    if (found?.groups) {
      child.stdout.resume();
      return { said: found.groups, stop };
    }
  }
  throw new Error(`tillpost ${args[0]} did not start; it said:\n${text}`);
}
