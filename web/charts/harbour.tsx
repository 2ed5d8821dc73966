import { useMantineColorScheme } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Overview } from "../api/shapes.ts";
import { useWidth } from "../theme/width.ts";
import { visible } from "../text/hostile.ts";
import { drawHarbour, harbourLayout, type Cell } from "./harbour-paint.ts";

type Harbour = Overview["harbour"];

/** Where are my ports? Hosts × ports on one canvas; the arrow keys walk it, Enter opens, and a table says the same. */
export function HarbourChart({ harbour }: { readonly harbour: Harbour }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { colorScheme } = useMantineColorScheme();
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(holder);
  const [cell, setCell] = useState<Cell | null>(null);

  const layout = harbourLayout(harbour, width);
  useEffect(() => {
    if (canvas.current !== null && width > 0) drawHarbour(canvas.current, harbour, layout, cell);
  }, [harbour, layout, cell, width, colorScheme]);

  const at = (event: PointerEvent): Cell | null => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left - layout.left) / layout.cell);
    const row = Math.floor((event.clientY - box.top - layout.top) / layout.row);
    return column >= 0 && column < layout.columns && row >= 0 && row < harbour.hosts.length
      ? { column, row }
      : null;
  };
  const open = (where: Cell | null): void => {
    const host = harbour.hosts[where?.row ?? -1];
    const port = harbour.ports[where?.column ?? -1];
    if (host !== undefined && port !== undefined) {
      void navigate({ to: "/ports", search: { host: host.id, port: String(port) } });
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, readonly [number, number]> = {
      ArrowRight: [1, 0],
      ArrowLeft: [-1, 0],
      ArrowDown: [0, 1],
      ArrowUp: [0, -1],
    };
    const step = steps[event.key];
    if (step !== undefined) {
      const column = Math.min(layout.columns - 1, Math.max(0, (cell?.column ?? -1) + step[0]));
      const row = Math.min(harbour.hosts.length - 1, Math.max(0, (cell?.row ?? 0) + step[1]));
      setCell({ column, row });
    } else if (event.key === "Enter") open(cell);
    else if (event.key === "Escape") setCell(null);
    else return;
    event.preventDefault();
  };
  const host = harbour.hosts[cell?.row ?? -1];
  const port = harbour.ports[cell?.column ?? -1];
  const isOpen = ((host?.cells[cell?.column ?? -1] ?? 0) & 7) !== 0;
  return (
    <div ref={holder} className="harbour">
      <canvas
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-label={t("harbour.label", { hosts: harbour.hosts.length, ports: harbour.ports.length })}
        aria-describedby="harbour-status"
        onPointerMove={(event) => setCell(at(event))}
        onPointerLeave={() => setCell(null)}
        onClick={() => open(cell)}
        onKeyDown={onKeyDown}
      />
      <p id="harbour-status" className="harbour-status" role="status">
        {host === undefined || port === undefined ? (
          <span className="dim">{t("harbour.hint")}</span>
        ) : (
          <>
            <span className="mono">{port}</span> {t("harbour.on")} <strong>{visible(host.name)}</strong>{" "}
            <span className={isOpen ? "" : "dim"}>{isOpen ? t("harbour.open") : t("harbour.closed")}</span>
          </>
        )}
      </p>
      <details className="harbour-table">
        <summary>{t("harbour.asTable")}</summary>
        <div className="scroll-x" tabIndex={0} role="region" aria-label={t("harbour.asTable")}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("column.host")}</th>
                <th scope="col">{t("harbour.openPorts")}</th>
              </tr>
            </thead>
            <tbody>
              {harbour.hosts.map((each) => (
                <tr key={each.id}>
                  <th scope="row">{visible(each.name)}</th>
                  <td className="mono wrap">
                    {harbour.ports.filter((_, index) => each.cells[index] !== 0).join(" ")}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </div>
  );
}
