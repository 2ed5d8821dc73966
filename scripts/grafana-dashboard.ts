// The Grafana dashboard, as a file to import. Ids of panels follow from their place, so that an import over an older
// one updates it.
import { dashboardRows, type Panel } from "./grafana-panels.ts";

const datasource = { type: "prometheus", uid: "${datasource}" };
const columns = 24;
const heights = { stat: 4, timeseries: 8, table: 8 };

/** Panels beside each other until a line is full. */
function placed(): object[] {
  const panels: object[] = [];
  let y = 0;
  for (const [title, row] of Object.entries(dashboardRows)) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title,
      gridPos: { x: 0, y, w: columns, h: 1 },
      panels: [],
    });
    y += 1;
    let x = 0;
    for (const [index, panel] of row.entries()) {
      const height = heights[panel.kind];
      panels.push({ id: panels.length + 1, ...drawn(panel), gridPos: { x, y, w: panel.width, h: height } });
      x += panel.width;
      if (x < columns && index + 1 < row.length) continue;
      x = 0;
      y += height;
    }
  }
  return panels;
}

function drawn({ title, about, kind, unit = "short", stacked = false, queries }: Panel): object {
  const custom = {
    fillOpacity: stacked ? 60 : 10,
    stacking: { mode: stacked ? "normal" : "none" },
    spanNulls: false,
  };
  return {
    type: kind,
    title,
    ...(about === undefined ? {} : { description: about }),
    datasource,
    fieldConfig: {
      defaults: { unit, min: 0, ...(kind === "timeseries" ? { custom } : {}) },
      overrides: [],
    },
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCodePoint("A".charCodeAt(0) + index),
      datasource,
      expr,
      ...(legend === undefined ? {} : { legendFormat: legend }),
      ...(kind === "timeseries" ? { range: true } : { instant: true }),
      ...(kind === "table" ? { format: "table" } : {}),
    })),
  };
}

/** The JSON text of `packaging/grafana/portolan.json`. */
export function grafanaDashboard(): string {
  const dashboard = {
    title: "Portolan",
    uid: "portolan",
    tags: ["portolan", "network"],
    schemaVersion: 38,
    editable: true,
    refresh: "30s",
    time: { from: "now-3h", to: "now" },
    templating: {
      list: [
        { name: "datasource", type: "datasource", query: "prometheus", label: "Data source" },
        {
          name: "host",
          type: "query",
          label: "Host",
          datasource,
          query: { query: "label_values(portolan_host_last_sample_timestamp_seconds, host)", refId: "hosts" },
          includeAll: true,
          allValue: ".*",
          multi: true,
          current: { text: "All", value: "$__all" },
          refresh: 2,
          sort: 1,
        },
      ],
    },
    panels: placed(),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
