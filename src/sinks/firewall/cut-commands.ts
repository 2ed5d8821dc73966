import type { Command } from "./command.ts";

/**
 * Ends what is connected to a target already: a block meets it only with its next packet, and the service would wait
 * until then. `ss -K` needs a kernel with `CONFIG_INET_DIAG_DESTROY`; `conntrack` fails where it finds nothing.
 */
export function cutCommands(target: string): Command[] {
  return [
    { args: ["ss", "-tuK", "state", "connected", "dst", target.includes(":") ? `[${target}]` : target] },
    { args: ["conntrack", "-D", "-s", target], mayFail: true },
  ];
}
