import { allNodes, quoted } from "./node.ts";
import type { CompletionNode, CompletionValue } from "./node.ts";

/** What comes after a flag. */
function taking(value: CompletionValue | null): string {
  if (value === null) return "";
  if (value.isPath) return " -r -F";
  return value.choices.length > 0 ? ` -x -a ${quoted(value.choices.join(" "))}` : " -x";
}

/** For fish ≥ 3. */
export function fishScript(root: CompletionNode): string {
  const lines = ["complete -c portolan -f"];
  for (const node of allNodes(root)) {
    const seen = node.path.slice(1).map((word) => `__fish_seen_subcommand_from ${word}`);
    const children = node.children.map((child) => child.path.at(-1) ?? "").join(" ");
    const here = [...seen, ...(children === "" ? [] : [`not __fish_seen_subcommand_from ${children}`])].join(
      "; and ",
    );
    const condition = here === "" ? "" : ` -n ${quoted(here)}`;
    for (const child of node.children) {
      lines.push(`complete -c portolan${condition} -a ${child.path.at(-1)} -d ${quoted(child.description)}`);
    }
    for (const { choices, isPath } of node.arguments) {
      if (choices.length > 0) lines.push(`complete -c portolan${condition} -a ${quoted(choices.join(" "))}`);
      if (isPath) lines.push(`complete -c portolan${condition} -F`);
    }
    for (const { flags, description, value } of node.options) {
      const names = flags.map((flag) =>
        flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      );
      lines.push(
        `complete -c portolan${condition} ${names.join(" ")}${taking(value)} -d ${quoted(description)}`,
      );
    }
  }
  return lines.join("\n");
}
