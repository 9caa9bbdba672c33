// The real program as the tests use it: a simulated QuickBooks, and the service with a database of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createTillpost, type Tillpost } from "@tillpost/client";

export interface Service {
  readonly url: string;
  readonly simulator: string;
  /** The API as the retail platform calls it. */
  readonly tillpost: Tillpost;
  /** Tells the simulator's admin what to do. */
  admin(path: string, body: unknown): Promise<void>;
  stop(): Promise<void>;
}

export async function startService(): Promise<Service> {
  const dir = await mkdtemp(join(tmpdir(), "tillpost-e2e-"));
  const simulator = await start(
    /^\s*address\s+(?<url>\S+)/m,
    ...["simulator", "--listen", "127.0.0.1:0", "--no-limits", "--company", "Harbor & Pine"],
  );
  const simulatorUrl = simulator.said.url ?? "";
  const service = await start(
    /URL\s+(?<url>http\S+)[\s\S]*?token\s+(?<token>\S+)/,
    ...["serve", "--listen", "127.0.0.1:0", "--database", join(dir, "tillpost.db"), "--unpaced"],
    ...["--simulator-url", simulatorUrl, "--log-level", "error"],
  );
  const url = service.said.url ?? "";
  return {
    url,
    simulator: simulatorUrl,
    tillpost: createTillpost({ baseUrl: url, token: service.said.token ?? "" }),
    async admin(path, body) {
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch(`${simulatorUrl}/admin/${path}`, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      if (!answer.ok) {
        throw new Error(`the simulator answers ${answer.status}: ${await answer.text()}`);
      }
    },
    async stop() {
      await Promise.all([end(service.child), end(simulator.child)]);
      await rm(dir, { recursive: true });
    },
  };
}

/** The demonstration's week, posted and compared. */
export interface Demo {
  readonly url: string;
  readonly retailerId: string;
  readonly tillpost: Tillpost;
  stop(): Promise<void>;
}

export async function startDemo(): Promise<Demo> {
  const { said, child } = await start(
    /(?<url>http\S+)\/console\/(?<retailerId>\S+)[\s\S]*TOKEN='(?<token>[^']+)'/,
    ...["demo", "--listen", "127.0.0.1:0", "--simulator-listen", "127.0.0.1:0"],
  );
  const { url = "", retailerId = "", token = "" } = said;
  return { url, retailerId, tillpost: createTillpost({ baseUrl: url, token }), stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

/** Runs the program and waits until it has said where it is. */
async function start(expected: RegExp, ...args: string[]) {
  const child = spawn(process.env.TILLPOST_PROGRAM ?? "", args, { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill("SIGKILL"));
  let text = "";
  for await (const line of createInterface({ input: child.stdout })) {
    text += `${line}\n`;
    const found = expected.exec(text);
    if (found?.groups) {
      child.stdout.resume();
      return { said: found.groups, child };
    }
  }
  throw new Error(`tillpost ${args[0]} did not start; it said:\n${text}`);
}
