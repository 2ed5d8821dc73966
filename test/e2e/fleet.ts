import { openApplication } from "../../src/app/open.ts";
import { connectionSamplesMax } from "../../src/model/connection-intake.ts";
import type { ConnectionSample } from "../../src/model/connection-sample.ts";
import type { Listener } from "../../src/model/listener.ts";
import { aConnectionBatch } from "../support/connections.ts";
import { listener, process } from "../support/listener.ts";
import { hostNamed, Lookout } from "../support/lookout.ts";

/** Fills a data folder through the program's own way in: each host delivers one full look. */
export async function fillFolder(
  dataFolder: string,
  hosts: readonly { readonly hostname: string; readonly listeners: readonly Listener[] }[],
): Promise<void> {
  const app = await openApplication({
    dataFolder,
    version: "0.0.0-test",
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    report: () => {},
  });
  try {
    for (const { hostname, listeners } of hosts) {
      const identity = hostNamed(hostname);
      const { hostId } = await app.enrol("test", identity);
      const lookout = new Lookout(identity);
      await app.ingest({ hostId, body: new TextEncoder().encode(JSON.stringify(lookout.full(listeners))) });
    }
  } finally {
    await app.close();
  }
}

/**
 * The connections of some hosts, told by their agents over the time before now: a sample every `everyMs`, through the
 * program's own way in. The secrets of their tokens, for who has more to tell.
 */
export async function fillConnections(
  dataFolder: string,
  hosts: readonly { readonly hostname: string; readonly sampleAt: (ms: number) => ConnectionSample }[],
  { spanMs, everyMs }: { readonly spanMs: number; readonly everyMs: number },
): Promise<readonly string[]> {
  const secrets: string[] = [];
  const endMs = Date.now();
  let nowMs = endMs;
  const app = await openApplication({
    dataFolder,
    version: "0.0.0-test",
    clock: { nowMs: () => nowMs, monotonicMs: () => performance.now() },
    report: () => {},
  });
  try {
    for (const { hostname, sampleAt } of hosts) {
      const host = hostNamed(hostname);
      const { hostId, tokenSecret } = await app.enrol("test", host);
      secrets.push(tokenSecret);
      const count = Math.floor(spanMs / everyMs);
      const samples = Array.from({ length: count }, (_, index) =>
        sampleAt(endMs - (count - 1 - index) * everyMs),
      );
      for (let at = 0; at < count; at += connectionSamplesMax) {
        const batch = aConnectionBatch(samples.slice(at, at + connectionSamplesMax), { host });
        nowMs = batch.sentAtMs;
        await app.takeConnections({ hostId, body: new TextEncoder().encode(JSON.stringify(batch)) });
      }
    }
    return secrets;
  } finally {
    await app.close();
  }
}

const programs = [
  "nginx",
  "sshd",
  "redis-server",
  "postgres",
  "node",
  "java",
  "python3",
  "haproxy",
  "envoy",
  "etcd",
];
const addresses = ["0.0.0.0", "127.0.0.1", "198.18.0.1", "::"];

/** A host of a large company: `count` listeners over a few programs, addresses and users. */
export function crowdedHost(index: number, count: number): { hostname: string; listeners: Listener[] } {
  const listeners = Array.from({ length: count }, (_, at) => {
    const program = programs[(at * 7 + index) % programs.length] ?? "nginx";
    const address = addresses[(at + index) % addresses.length] ?? "0.0.0.0";
    const holder = process(1_000 + at, program, { user: at % 3 === 0 ? "root" : "app" });
    return listener({ address, port: 1_024 + at }, [holder]);
  });
  return { hostname: `host-${String(index).padStart(3, "0")}.example.net`, listeners };
}
