import { allNodes } from "./node.ts";
import type { CompletionNode } from "./node.ts";

/** For bash ≥ 4, without the bash-completion package. */
export function bashScript(root: CompletionNode): string {
  const words = (node: CompletionNode): string =>
    [
      ...node.children.map((child) => child.path.at(-1) ?? ""),
      ...node.arguments.flatMap(({ choices }) => choices),
      ...node.options.flatMap(({ flags }) => flags),
    ].join(" ");
  const cases = allNodes(root).map((node) => {
    const files = node.arguments.some(({ isPath }) => isPath) ? " files=1" : "";
    return `    "${node.path.join(" ")}") words="${words(node)}"${files} ;;`;
  });
  const values = allNodes(root).flatMap((node) =>
    node.options.flatMap(({ flags, value }) => {
      if (value === null) return [];
      const paths = value.isPath ? " -f" : "";
      const reply = `COMPREPLY=($(compgen -W "${value.choices.join(" ")}"${paths} -- "$word"))`;
      return [
        `    ${flags.map((flag) => `"${node.path.join(" ")} ${flag}"`).join("|")}) ${reply}; return ;;`,
      ];
    }),
  );
  const paths = allNodes(root)
    .filter(({ children }) => children.length > 0)
    .flatMap(({ children }) => children.map(({ path }) => `"${path.join(" ")}"`));
  return [
    "_portolan() {",
    '  local word=${COMP_WORDS[COMP_CWORD]} path=portolan words="" files="" index',
    "  for ((index = 1; index < COMP_CWORD; index++)); do",
    '    case "$path ${COMP_WORDS[index]}" in',
    `    ${paths.join("|")}) path="$path \${COMP_WORDS[index]}" ;;`,
    "    esac",
    "  done",
    '  case "$path ${COMP_WORDS[COMP_CWORD-1]}" in',
    ...values,
    "  esac",
    '  case "$path" in',
    ...cases,
    "  esac",
    '  COMPREPLY=($(compgen -W "$words" ${files:+-f} -- "$word"))',
    "}",
    "complete -o filenames -F _portolan portolan",
  ].join("\n");
}
