// A network namespace with sockets in every state, of IPv4, IPv6 and IPv4-mapped peers, and UDP.
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ConnectionCounts } from "../../src/model/connection-counts.ts";
import { createNamespace } from "../support/namespace.ts";
import type { Namespace } from "../support/namespace.ts";

export interface Crowd {
  readonly namespace: Namespace;
  /** What there is, by whoever made it. */
  readonly states: ConnectionCounts;
  /** Address → sockets with that peer. */
  readonly remotes: Readonly<Record<string, number>>;
  readonly udp: { readonly withPeer: number; readonly withoutPeer: number };
  /** Put in front of a command that is to run inside. */
  readonly inside: readonly string[];
  close(): Promise<void>;
}

export const crowdNeeds = ["ss", "netstat", "nft", "python3", "sysctl"] as const;
const addresses = ["198.51.100.1/24", "198.51.100.9/24", "2001:db8:1:2::1/64", "2001:db8:1:2::7/64"];

/** `closed`: connections that are in TIME-WAIT; they last 60 s. */
export async function createCrowd(closed: number): Promise<Crowd> {
  const namespace = createNamespace();
  for (const address of addresses) namespace.run("ip", "address", "add", address, "dev", "lo", "nodad");
  namespace.run(
    "sysctl",
    "-qw",
    "net.ipv4.tcp_max_tw_buckets=1000000",
    "net.ipv4.ip_local_port_range=10000 65535",
  );
  const script = join(import.meta.dirname, "every_state.py");
  const child = namespace.spawn("python3", [script, String(closed)], { stdio: ["pipe", "pipe", "inherit"] });
  const close = async (): Promise<void> => {
    child.stdin?.end();
    if (child.exitCode === null) await once(child, "exit");
    namespace.close();
  };
  try {
    if (child.stdout === null) throw new Error("no pipe");
    const [told] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const made = JSON.parse(told) as Pick<Crowd, "states" | "remotes" | "udp">;
    return { ...made, namespace, inside: ["nsenter", `--net=/run/netns/${namespace.name}`, "--"], close };
  } catch (error) {
    await close();
    throw error;
  }
}
