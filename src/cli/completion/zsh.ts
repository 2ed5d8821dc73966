import { allNodes, quoted } from "./node.ts";
import type { CompletionNode, CompletionValue } from "./node.ts";

/** For zsh ≥ 5: a file `_portolan` in `$fpath`, or sourced after compinit. */
export function zshScript(root: CompletionNode): string {
  const functions = allNodes(root).map((node) => functionOf(node));
  return [
    "#compdef portolan",
    ...functions,
    'if [ "$funcstack[1]" = "_portolan" ]; then _portolan "$@"; else compdef _portolan portolan; fi',
  ].join("\n");
}

const nameOf = (node: CompletionNode): string => `_${node.path.join("_")}`;

function functionOf(node: CompletionNode): string {
  const options = node.options.map(({ flags, description, value }) => {
    const alternatives = flags.length > 1 ? `(${flags.join(" ")})` : "";
    return flags.map((flag) =>
      quoted(`${alternatives}${flag}[${escaped(description)}]${value === null ? "" : valueOf(value)}`),
    );
  });
  const lines = options.flat();
  if (node.children.length === 0) {
    const given = node.arguments.map((value, index) => quoted(`${index + 1}${valueOf(value)}`));
    return [`${nameOf(node)}() {`, `  _arguments -s ${[...lines, ...given].join(" ")}`, "}"].join("\n");
  }
  const children = node.children.map((child) => quoted(`${child.path.at(-1)}:${child.description}`));
  const calls = node.children.map((child) => `    ${child.path.at(-1)}) ${nameOf(child)} ;;`);
  return [
    `${nameOf(node)}() {`,
    "  local context state line",
    `  _arguments -s -C ${[...lines, "'1:command:->command'", "'*::argument:->argument'"].join(" ")}`,
    '  case "$state" in',
    `  command) local -a commands; commands=(${children.join(" ")}); _describe command commands ;;`,
    '  argument) case "$line[1]" in',
    ...calls,
    "    esac ;;",
    "  esac",
    "}",
  ].join("\n");
}

/** `:name:action` of `_arguments`; a blank action completes nothing, and says the name. */
function valueOf({ name, choices, isPath }: CompletionValue): string {
  return `:${escaped(name)}:${choices.length > 0 ? `(${choices.join(" ")})` : isPath ? "_files" : " "}`;
}

/** Inside `[…]` of `_arguments`. */
function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}
