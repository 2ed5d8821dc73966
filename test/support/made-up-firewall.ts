import type { Blocked } from "../../src/sinks/firewall/command.ts";
import type { Firewall } from "../../src/sinks/firewall/firewall.ts";

/** A kernel that blocks nothing and forgets in its own time. */
export interface MadeUpFirewall extends Firewall {
  readonly told: string[];
  /** What the next command fails with. */
  failure: string | null;
}

export function madeUpFirewall(nowMs: () => number): MadeUpFirewall {
  const ends = new Map<string, Blocked & { readonly endMs: number }>();
  const firewall: MadeUpFirewall = {
    name: "nftables",
    told: [],
    failure: null,
    async block(block, leftMs, replaces) {
      if (firewall.failure !== null) throw new Error(firewall.failure);
      firewall.told.push(`block ${block.target} ${block.action} ${leftMs}`);
      for (const one of replaces) ends.delete(one.target);
      ends.set(block.target, { target: block.target, action: block.action, endMs: nowMs() + leftMs });
    },
    async unblock({ target }) {
      firewall.told.push(`unblock ${target}`);
      ends.delete(target);
    },
    async cut(target) {
      firewall.told.push(`cut ${target}`);
      return true;
    },
    async standing() {
      return [...ends.values()]
        .filter(({ endMs }) => endMs > nowMs())
        .map(({ target, action, endMs }) => ({ target, action, leftMs: endMs - nowMs() }));
    },
    async clear() {
      firewall.told.push("clear");
      ends.clear();
    },
  };
  return firewall;
}
