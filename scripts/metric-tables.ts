// Tables of the metrics for the docs, from the one list that the server renders by.
import { metricList, type Metric } from "../src/sinks/prometheus/metric-list.ts";

const metrics = Object.entries(metricList) as [string, Metric][];
const code = (text: string): string => `\`${text}\``;

const heads = {
  en: "| metric | type | labels | |\n|---|---|---|---|",
  "zh-CN": "| 指标 | 类型 | 标签 | 含义 |\n|---|---|---|---|",
};

export function metricTable(language: "en" | "zh-CN"): string {
  const rows = metrics.map(([name, { type, labels, help, zh }]) =>
    [code(name), type, labels.map(code).join(", "), language === "en" ? help : zh].join(" | "),
  );
  return [heads[language], ...rows.map((row) => `| ${row} |`)].join("\n");
}

const openTelemetryHeads = {
  en: "| here | OpenTelemetry |\n|---|---|",
  "zh-CN": "| 本页 | OpenTelemetry |\n|---|---|",
};

export function openTelemetryTable(language: "en" | "zh-CN"): string {
  const rows = metrics.map(([name, { openTelemetry }]) => `| ${code(name)} | ${code(openTelemetry)} |`);
  return [openTelemetryHeads[language], ...rows].join("\n");
}

/** A page with what stands between `<!-- name -->` and `<!-- /name -->` written anew; throws where a mark is missing. */
export function withTables(page: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [open, close] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
    const [from, to] = [text.indexOf(open), text.indexOf(close)];
    if (from === -1 || to < from) throw new Error(`no place for the table "${name}"`);
    return text.slice(0, from + open.length) + table + text.slice(to);
  }, page);
}
