// The real program as the tests use it: a simulated QuickBooks, and the service with a database of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
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

/** A server in production mode, and the retail platform that issues its tokens. */
export interface Production {
  readonly url: string;
  /** Makes a token as the platform would. */
  token(claims: { retailers: string[]; scope: string; expires: Date }): string;
  stop(): Promise<void>;
}

export async function startProduction(...embedOrigins: string[]): Promise<Production> {
  const dir = await mkdtemp(join(tmpdir(), "tillpost-e2e-"));
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const keys = join(dir, "issuer.pem");
  await writeFile(keys, publicKey.export({ type: "spki", format: "pem" }));
  const issuer = "https://shop.example";
  const { said, child } = await start(
    /msg=serving .*address=(?<address>\S+)/,
    ...["serve", "--mode", "production", "--listen", "127.0.0.1:0", "--public-url", "https://tillpost.example"],
    ...["--database", join(dir, "tillpost.db"), "--seal-keys", randomBytes(32).toString("base64")],
    ...["--auth-issuer", issuer, "--auth-keys", keys, "--embed-origins", embedOrigins.join(",")],
    ...["--quickbooks", "sandbox", "--quickbooks-client-id", "app", "--quickbooks-client-secret", "never-used"],
  );
  const part = (content: unknown) => Buffer.from(JSON.stringify(content)).toString("base64url");
  return {
    url: `http://${said.address}`,
    token({ retailers, scope, expires }) {
      const claims = { iss: issuer, aud: "tillpost", sub: "ann@shop.example", tillpost_retailers: retailers, scope };
      const exp = Math.floor(expires.getTime() / 1_000);
      const signed = `${part({ alg: "EdDSA", typ: "JWT" })}.${part({ ...claims, iat: exp - 3_600, exp })}`;
      return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
    },
    async stop() {
      await end(child);
      await rm(dir, { recursive: true });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

/** Runs the program and waits until it has said where it is: as output, or in production in its log. */
async function start(expected: RegExp, ...args: string[]) {
  const logs = args.includes("production");
  const stdio = ["ignore", logs ? "ignore" : "pipe", logs ? "pipe" : "inherit"] as const;
  const child: ChildProcess = spawn(process.env.TILLPOST_PROGRAM ?? "", args, { stdio: [...stdio] });
  process.once("exit", () => child.kill("SIGKILL"));
  const input = (logs ? child.stderr : child.stdout) as Readable;
  let text = "";
  for await (const line of createInterface({ input })) {
    text += `${line}\n`;
    const found = expected.exec(text);
    if (found?.groups) {
      input.resume();
      return { said: found.groups, child };
    }
  }
  throw new Error(`tillpost ${args[0]} did not start; it said:\n${text}`);
}
