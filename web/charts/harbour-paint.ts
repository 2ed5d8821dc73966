import type { Overview } from "../api/shapes.ts";
import { visible } from "../text/hostile.ts";

type Harbour = Overview["harbour"];
export interface Cell {
  readonly column: number;
  readonly row: number;
}
interface Layout {
  readonly left: number;
  readonly top: number;
  readonly cell: number;
  readonly row: number;
  readonly columns: number;
  readonly width: number;
  readonly height: number;
}

const nameWidth = 132;
const headHeight = 46;
const cellMin = 15;
const cellMax = 26;
const rowHeight = 18;

/** As many of the most common ports as the width holds. */
export function harbourLayout(harbour: Harbour, width: number): Layout {
  const left = Math.min(nameWidth, width * 0.32);
  const room = Math.max(0, width - left - 14);
  const columns = Math.min(harbour.ports.length, Math.floor(room / cellMin));
  const cell = columns === 0 ? cellMin : Math.min(cellMax, room / columns);
  const height = headHeight + harbour.hosts.length * rowHeight + 4;
  return { left, top: headHeight, cell, row: rowHeight, columns, width, height };
}

/** Bits of a cell: 1 inside, 2 outside, 4 on the wire. */
export function drawHarbour(
  canvas: HTMLCanvasElement,
  harbour: Harbour,
  layout: Layout,
  picked: Cell | null,
): void {
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(layout.width * scale);
  canvas.height = Math.round(layout.height * scale);
  canvas.style.width = `${layout.width}px`;
  canvas.style.height = `${layout.height}px`;
  const context = canvas.getContext("2d");
  if (context === null) return;
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const mono = style.getPropertyValue("--font-mono");
  const sans = getComputedStyle(document.body).fontFamily;
  context.scale(scale, scale);
  context.clearRect(0, 0, layout.width, layout.height);

  if (picked !== null) {
    context.fillStyle = token("picked");
    context.fillRect(0, layout.top + picked.row * layout.row, layout.width, layout.row);
    context.fillRect(layout.left + picked.column * layout.cell, 0, layout.cell, layout.height);
  }
  context.textBaseline = "middle";
  context.font = `11px ${mono}`;
  for (let column = 0; column < layout.columns; column += 1) {
    context.save();
    context.translate(layout.left + (column + 0.5) * layout.cell, layout.top - 6);
    context.rotate(-Math.PI / 3.2);
    context.fillStyle = picked?.column === column ? token("ink") : token("ink-3");
    context.fillText(String(harbour.ports[column] ?? ""), 0, 0);
    context.restore();
  }
  context.font = `12px ${sans}`;
  const dot = Math.min(layout.cell, layout.row) - 5;
  for (const [row, host] of harbour.hosts.entries()) {
    const middle = layout.top + (row + 0.5) * layout.row;
    context.fillStyle = picked?.row === row ? token("ink") : token("ink-2");
    context.fillText(fit(context, visible(host.name), layout.left - 12), 0, middle);
    for (let column = 0; column < layout.columns; column += 1) {
      const bits = host.cells[column] ?? 0;
      const x = layout.left + (column + 0.5) * layout.cell;
      if (bits === 0) {
        context.fillStyle = token("line-2");
        context.fillRect(x - 1, middle - 1, 2, 2);
        continue;
      }
      context.fillStyle = token("accent");
      context.beginPath();
      context.roundRect(x - dot / 2, middle - dot / 2, dot, dot, 3);
      context.fill();
    }
  }
}

function fit(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let kept = text;
  while (kept.length > 1 && context.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}
