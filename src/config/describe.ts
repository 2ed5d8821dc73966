import { z } from "zod";
import { formatDuration } from "../base/duration.ts";
import { formatPortRange } from "../model/port-range.ts";
import { ruleActions } from "../model/rule.ts";
import type { Config } from "./config.ts";
import { type Leaf, leavesOf } from "./outline.ts";
import { configSchema } from "./schema.ts";
import { variableOf } from "./variables.ts";

interface Words {
  readonly title: string;
  readonly order: string;
  readonly columns: readonly [string, string, string, string];
  readonly unset: string;
  readonly rules: string;
  readonly about: (leaf: Leaf) => string;
}

const words: Readonly<Record<"en" | "zh-CN", Words>> = {
  en: {
    title: "Configuration",
    order:
      "Nothing need be configured. What is, comes from a YAML file, then from environment variables (lists by commas; `…_FILE` names a file that holds the value), then from flags; the later wins. An unknown key, a wrong type and a bad value are told with file, line and column, all at once.",
    columns: ["Key", "Default", "Allowed", "Meaning"],
    unset: "unset",
    rules: `A rule has an \`action\` (${ruleActions.join(", ")}) and at least one of \`host\` (name, id, address, prefix, \`label:key=value\`), \`process\` (name, or path from \`/\`), \`ports\` (\`22\`, \`8000-8100\`), \`transport\`, \`view\`; and, if wanted, \`expires\` (\`2026-12-31\` or a time with offset) and a \`note\`. The rule that names more wins; of two that name as much, the narrower one; at a tie forbid beats allow beats ignore. A high-risk port is never ignored.`,
    about: ({ description }) => description,
  },
  "zh-CN": {
    title: "配置",
    order:
      "无需任何配置即可运行。配置依次取自 YAML 文件、环境变量(列表用逗号分隔;`…_FILE` 指向存放该值的文件)、命令行参数,后者优先。未知的键、错误的类型或取值会连同文件、行、列一次性全部指出。",
    columns: ["键", "默认值", "允许的值", "含义"],
    unset: "未设置",
    rules: `规则包含 \`action\`(${ruleActions.join("、")}),以及 \`host\`(主机名、ID、地址、网段、\`label:键=值\`)、\`process\`(进程名,或以 \`/\` 开头的路径)、\`ports\`(\`22\`、\`8000-8100\`)、\`transport\`、\`view\` 中的至少一项;可选 \`expires\`(\`2026-12-31\` 或带时区的时间)和 \`note\`。写明项目更多的规则优先,项目同样多时范围更窄者优先;仍相同时 forbid 优先于 allow,allow 优先于 ignore。高危端口不会被忽略。`,
    about: ({ zh }) => zh,
  },
};

/** The page docs/config.md in one language. */
export function describeConfig(language: "en" | "zh-CN"): string {
  const { title, order, columns, unset, rules, about } = words[language];
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rows = leavesOf().map((leaf) => {
    const key = `\`${leaf.path.join(".")}\``;
    const variable = leaf.kind === "structure" ? "" : `<br>\`${variableOf(leaf.path)}\``;
    const fallback = leaf.fallback === null ? unset : `\`${JSON.stringify(leaf.fallback)}\``;
    return row([key + variable, fallback, leaf.allowed, about(leaf)]);
  });
  const head = [row(columns), row(columns.map(() => "---"))];
  return [`# ${title}`, "", order, "", ...head, ...rows, "", "## `rules`", "", rules, ""].join("\n");
}

/** JSON Schema (draft 2020-12) of the file, for editors: `# yaml-language-server: $schema=…`. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, {
    io: "input",
    override: ({ jsonSchema }) => {
      delete jsonSchema["zh"];
      delete jsonSchema["allowed"];
    },
  });
  return { ...schema, title: "Portolan configuration" };
}

/** The effective configuration as a file would say it; `loadConfig` reads it back to the same. No key holds a secret. */
export function configAsFile(config: Config): Record<string, unknown> {
  const { agent, detect, retention, session, metrics, rules, ...rest } = config;
  const set = (value: object): object =>
    Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== null && entry !== ""));
  return {
    ...set(rest),
    agent: {
      interval: formatDuration(agent.intervalMs),
      namespaces: agent.namespaces,
      block: agent.block,
      neverBlock: agent.neverBlock,
    },
    detect: {
      lookBack: formatDuration(detect.lookBackMs),
      missesToDown: detect.missesToDown,
      missSpan: formatDuration(detect.missSpanMs),
      sightingsToNew: detect.sightingsToNew,
    },
    retention: {
      events: formatDuration(retention.eventsMs),
      history: formatDuration(retention.historyMs),
      evidence: formatDuration(retention.evidenceMs),
      audit: formatDuration(retention.auditMs),
    },
    session: { idle: formatDuration(session.idleMs), lifetime: formatDuration(session.lifetimeMs) },
    metrics: { ...metrics, ports: metrics.ports.map(formatPortRange) },
    rules: rules.map(({ action, host, process, ports, transport, view, expiresAtMs, note }) =>
      set({
        action,
        host,
        process,
        ports: ports === null ? null : formatPortRange(ports),
        transport,
        view,
        expires: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString().replace(".000Z", "Z"),
        note,
      }),
    ),
  };
}

/** `configAsFile` as YAML text. */
export async function printConfig(config: Config): Promise<string> {
  const { stringify } = await import("yaml");
  return stringify(configAsFile(config));
}
