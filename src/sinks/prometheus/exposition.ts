// What: figures → the text that Prometheus scrapes, in its own format (0.0.4) and as OpenMetrics 1.0.
// Idea: both differ in a counter's and an info's family name, in `# UNIT` and in the last line only.
// Trap: names of hosts are foreign: a quote or a new line in one must not become a series of its own.
// Source: prometheus.io/docs/instrumenting/exposition_formats; OpenMetrics 1.0 (RFC draft-richih-opsawg-openmetrics-00).
import { metricList, type Measured, type Measurements, type Metric, type MetricName } from "./metric-list.ts";

export type ExpositionFormat = "prometheus" | "openmetrics";

const units = ["seconds", "bytes"];

/** Metrics without a figure are left out whole. */
export function exposition(measurements: Measurements, format: ExpositionFormat): string {
  const families = (Object.keys(metricList) as MetricName[]).flatMap((name) => {
    const measured = measurements[name] ?? [];
    return measured.length === 0 ? [] : [family(name, metricList[name], measured, format)];
  });
  return families.join("") + (format === "openmetrics" ? "# EOF\n" : "");
}

function family(
  name: MetricName,
  { type, labels, help }: Metric,
  measured: readonly Measured[],
  format: ExpositionFormat,
): string {
  const lines =
    format === "prometheus"
      ? [`# HELP ${name} ${help}`, `# TYPE ${name} ${type === "info" ? "gauge" : type}`]
      : openMetricsHead(name, type, help);
  for (const [values, value] of measured) lines.push(`${name}${labelText(labels, values)} ${value}`);
  return `${lines.join("\n")}\n`;
}

function openMetricsHead(name: string, type: Metric["type"], help: string): string[] {
  const suffix = { counter: "_total", info: "_info", gauge: "" }[type];
  const base = name.slice(0, name.length - suffix.length);
  const unit = units.find((each) => base.endsWith(`_${each}`));
  return [
    `# TYPE ${base} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${base} ${unit}`]),
    `# HELP ${base} ${escaped(help)}`,
  ];
}

function labelText(labels: readonly string[], values: readonly string[]): string {
  if (labels.length === 0) return "";
  return `{${labels.map((label, index) => `${label}="${escaped(values[index] ?? "")}"`).join(",")}}`;
}

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n" };

function escaped(text: string): string {
  return text.toWellFormed().replaceAll(/[\\"\n]/g, (character) => escapes[character] ?? character);
}
