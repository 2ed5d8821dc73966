// scanner — router — target, each a network namespace without a way out. Whatever is to hurt, hurts in the router: a
// queue on the scanner's own device would be passed by.
import { createNamespace, type Namespace } from "../support/namespace.ts";

export interface Road {
  readonly scanner: Namespace;
  readonly router: Namespace;
  readonly target: Namespace;
  /** Both ways, in the router: part of all packets, 0 to 1. */
  lose(share: number): void;
  /** Both ways, in the router. */
  shape(rate: string, queue: string): void;
  /** The target answers only at these ports, and is silent at all others. */
  silence(address: string, openPorts: readonly number[]): void;
  close(): void;
}

/** Everything that the target answers for. */
export const targetPrefix = "198.19.0.0/17";
export const targetPrefix6 = "2001:db8:19::/112";
/** Beside it, reachable and never to be scanned. */
export const forbiddenPrefix = "198.19.128.0/18";

export function createRoad(): Road {
  const [scanner, router, target] = [createNamespace(), createNamespace(), createNamespace()] as const;
  const join = (a: Namespace, aName: string, b: Namespace, bName: string): void => {
    a.run("ip", "link", "add", aName, "type", "veth", "peer", "name", bName, "netns", b.name);
    a.run("ip", "link", "set", aName, "up");
    b.run("ip", "link", "set", bName, "up");
  };
  const address = (namespace: Namespace, text: string, device: string): void => {
    namespace.run("ip", "address", "add", text, "dev", device, ...(text.includes(":") ? ["nodad"] : []));
  };
  const route = (namespace: Namespace, ...words: string[]): void => {
    namespace.run(
      "ip",
      ...(words.some((word) => word.includes(":")) ? ["-6"] : []),
      "route",
      "add",
      ...words,
    );
  };
  join(scanner, "out", router, "west");
  join(router, "east", target, "in");
  for (const [namespace, text, device] of [
    [scanner, "198.18.0.2/24", "out"],
    [router, "198.18.0.1/24", "west"],
    [router, "198.19.255.1/30", "east"],
    [target, "198.19.255.2/30", "in"],
    [scanner, "2001:db8:18::2/64", "out"],
    [router, "2001:db8:18::1/64", "west"],
    [router, "2001:db8:ff::1/64", "east"],
    [target, "2001:db8:ff::2/64", "in"],
  ] as const) {
    address(namespace, text, device);
  }
  for (const prefix of [targetPrefix, forbiddenPrefix]) {
    route(scanner, prefix, "via", "198.18.0.1");
    route(router, prefix, "via", "198.19.255.2");
    route(target, "local", prefix, "dev", "lo");
  }
  route(target, "198.18.0.0/24", "via", "198.19.255.1");
  route(scanner, targetPrefix6, "via", "2001:db8:18::1");
  route(router, targetPrefix6, "via", "2001:db8:ff::2");
  route(target, "2001:db8:18::/64", "via", "2001:db8:ff::1");
  route(target, "local", targetPrefix6, "dev", "lo");
  router.run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
  target.run("sysctl", "-qw", "net.ipv4.tcp_max_syn_backlog=65535", "net.core.somaxconn=65535");
  let lossy = false;
  return {
    scanner,
    router,
    target,
    lose(share) {
      if (lossy) router.run("nft", "delete", "table", "inet", "loss");
      lossy = share > 0;
      if (!lossy) return;
      router.run("nft", "add", "table", "inet", "loss");
      router.run("nft", "add chain inet loss forward { type filter hook forward priority 0; }");
      router.run(
        "nft",
        `add rule inet loss forward numgen random mod 10000 < ${share * 10_000} counter drop`,
      );
    },
    shape(rate, queue) {
      for (const device of ["west", "east"]) {
        const shape = ["root", "tbf", "rate", rate, "burst", "10kb", "limit", queue];
        router.run("tc", "qdisc", "replace", "dev", device, ...shape);
      }
    },
    silence(address, openPorts) {
      target.run("nft", "add table inet silent");
      target.run("nft", "add chain inet silent input { type filter hook input priority 0; }");
      const open = openPorts.join(", ");
      target.run(
        "nft",
        `add rule inet silent input ip daddr ${address} tcp flags & (syn | ack) == syn tcp dport != { ${open} } drop`,
      );
    },
    close() {
      for (const namespace of [scanner, router, target]) namespace.close();
    },
  };
}
