// Writes what the code knows best about itself: docs/config*.md and config.schema.json from the configuration's schema,
// docs/api.md from the API's own description, the tables of docs/prometheus*.md from the list of metrics; Zabbix's template
// from the states that there are, and Grafana's dashboard. `test/docs.test.ts` holds them to it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configJsonSchema, describeConfig } from "../src/config/describe.ts";
import { describeApi, type OpenApiDocument } from "../src/server/openapi.ts";
import { routeList } from "../src/server/route-list.ts";
import { grafanaDashboard } from "./grafana-dashboard.ts";
import { metricTable, openTelemetryTable, withTables } from "./metric-tables.ts";
import { zabbixTemplate } from "./zabbix-template.ts";

const root = join(import.meta.dirname, "..");

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
  }[];
}

const opening = `# The API

Everything that the UI shows comes from here. The whole description, with every field, is OpenAPI 3.1 at \`/api/openapi.json\` of a running server; this page is its table of contents.

* **Who you are**: \`Authorization: Bearer ptl_…\` (make a token with \`portolan token create NAME --scope read\`), or the session cookie with \`X-CSRF-Token\` on writes.
* **Lists** answer \`{ "rows": […], "total": n | null, "nextCursor": s | null }\`; ask for the next page with \`cursor\`.
* **Errors** are \`application/problem+json\` (RFC 9457) with \`code\`, \`detail\`, often \`hint\`, and a \`requestId\` that the log knows.
* **Times** are milliseconds since 1970 UTC. **Addresses** are canonical text (RFC 5952).

\`\`\`sh
curl -H "Authorization: Bearer $TOKEN" 'http://127.0.0.1:7317/api/v1/ports?q=nginx&limit=10'
\`\`\`
`;

/** One section per path: what it does, and what may be asked. */
function apiPage(document: OpenApiDocument): string {
  const sections = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, value]) => {
      const operation = value as Operation;
      const query = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
      const rows = query.map(({ name, description }) => `| \`${name}\` | ${description ?? ""} |`);
      return [
        `## ${method.toUpperCase()} ${path}`,
        [operation.summary, operation.description].filter(Boolean).join(" "),
        rows.length === 0 ? "" : ["| query | |", "|---|---|", ...rows].join("\n"),
      ]
        .filter((part) => part !== "")
        .join("\n\n");
    }),
  );
  return `${opening}\n${sections.join("\n\n")}\n`;
}

/** Written by hand, but for its tables. */
function prometheusPage(path: string, language: "en" | "zh-CN"): string {
  const tables = { metrics: metricTable(language), opentelemetry: openTelemetryTable(language) };
  return withTables(readFileSync(join(root, path), "utf8"), tables);
}

/** Path from the root → text. */
export async function generatedDocs(): Promise<Map<string, string>> {
  return new Map([
    ["docs/config.md", describeConfig("en")],
    ["docs/config.zh-CN.md", describeConfig("zh-CN")],
    ["docs/config.schema.json", `${JSON.stringify(configJsonSchema(), null, 2)}\n`],
    ["docs/api.md", apiPage(await describeApi("1", routeList))],
    ["docs/prometheus.md", prometheusPage("docs/prometheus.md", "en")],
    ["docs/prometheus.zh-CN.md", prometheusPage("docs/prometheus.zh-CN.md", "zh-CN")],
    ["packaging/zabbix/portolan.yaml", zabbixTemplate()],
    ["packaging/grafana/portolan.json", grafanaDashboard()],
  ]);
}

if (import.meta.main) {
  for (const [path, text] of await generatedDocs()) writeFileSync(join(root, path), text);
}
