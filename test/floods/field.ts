// A server under its usual load, in a namespace of its own, and whoever comes to trouble it.
import { once } from "node:events";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { join } from "node:path";
import type { ConnectionSample } from "../../src/model/connection-sample.ts";
import { converse, type Conversation } from "../collect/conversation.ts";
import { createNamespace, type Namespace } from "../support/namespace.ts";

export interface Field {
  readonly sample: () => Promise<ConnectionSample>;
  /** Traffic of `traffic.py`; by the server itself, or, as usual, against it. Returns what ends it. */
  readonly begin: (words: readonly string[], byServer?: boolean) => Promise<() => Promise<void>>;
  readonly close: () => Promise<void>;
}

const script = (name: string): string => join(import.meta.dirname, name);
const piped: SpawnOptions = { stdio: ["pipe", "pipe", "inherit"] };

export async function openField(): Promise<Field> {
  const [server, others] = [createNamespace(), createNamespace()];
  lay(server, others);
  const children: ChildProcess[] = [];
  const start = async (namespace: Namespace, words: readonly string[]): Promise<ChildProcess> => {
    const child = namespace.spawn("python3", words, piped);
    children.push(child);
    if (child.stdout !== null) await once(child.stdout, "data");
    return child;
  };
  await start(server, [script("server.py")]);
  const sampler: Conversation = converse(server.spawn(process.execPath, [script("sampler.ts")], piped));
  return {
    sample: () => sampler.ask<ConnectionSample>("take"),
    async begin(words, byServer = false) {
      const child = await start(byServer ? server : others, [script("traffic.py"), ...words]);
      return () => end(child);
    },
    async close() {
      await sampler.close();
      await Promise.all(children.map(end));
      server.close();
      others.close();
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.stdin?.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await exit;
  clearTimeout(timer);
}

/** 198.18.0.1 is the server, 198.18.0.10 to .39 are clients; whatever of 198.19.0.0/16 is asked, nobody answers. */
function lay(server: Namespace, others: Namespace): void {
  server.run("ip", "link", "add", "road", "type", "veth", "peer", "name", "road", "netns", others.name);
  server.run("ip", "address", "add", "198.18.0.1/24", "dev", "road");
  const clients = Array.from({ length: 30 }, (_, index) => `198.18.0.${10 + index}`);
  for (const address of ["198.18.0.2", "198.18.0.250", ...clients])
    others.run("ip", "address", "add", `${address}/24`, "dev", "road");
  for (const namespace of [server, others]) namespace.run("ip", "link", "set", "road", "up");
  server.run("ip", "route", "add", "198.19.0.0/16", "via", "198.18.0.2");
  // Half-open connections last 7 s instead of a minute.
  server.run("sysctl", "-qw", "net.ipv4.tcp_synack_retries=2", "net.core.somaxconn=4096");
}
