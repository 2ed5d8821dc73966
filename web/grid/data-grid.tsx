import { useVirtualizer } from "@tanstack/react-virtual";
import {
  memo,
  useEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from "react";
import { useTranslation } from "react-i18next";
import { useWidth } from "../theme/width.ts";
import { RowLinks } from "./row-link.tsx";
import type { Windows } from "./windows.ts";
import { leastWidth, nextSort, sortState, tracks, type Column } from "./columns.ts";

interface DataGridProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly total: number;
  readonly windows: Pick<Windows<Row>, "rowAt"> & Partial<Pick<Windows<Row>, "onRange" | "old">>;
  readonly rowKey: (row: Row) => string;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  readonly onOpen: (row: Row) => void;
  readonly rowHeight: number;
  /** Narrow screens: one stacked card a row. */
  readonly card: ((row: Row) => ReactNode) | undefined;
  readonly openKey?: string | undefined;
  /** Shown as struck out of the present: down, stale. */
  readonly rowClass?: (row: Row) => string;
}

const overscan = 5;
/** Chromium ends an element at 33,554,428 px; past this many the list says that there are more. */
export const gridPixelsMax = 30_000_000;
const cardHeight = 78;
const headHeight = 34;
/** In a page with other parts a grid is no higher than this, and scrolls inside. */
const insideMax = 480;
const borderWidth = 1;

/** Of a grid among other parts of a page: as high as its rows, within reason. */
export function gridHeight(rows: number, rowHeight: number, narrow: boolean): number {
  const inside = narrow ? rows * cardHeight : headHeight + rows * rowHeight;
  return Math.min(insideMax, inside + 2 * borderWidth);
}

/** A grid of any number of rows (ARIA APG "grid"): one tab stop, arrows or j/k move, Enter opens. */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { columns, card, rowKey } = props;
  const { rowAt, onRange, old = false } = props.windows;
  const { t } = useTranslation();
  const height = card === undefined ? props.rowHeight : cardHeight;
  const total = Math.min(props.total, Math.floor(gridPixelsMax / height));
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  const covered = card === undefined ? headHeight : 0;
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan,
    scrollPaddingStart: covered,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  const width = useWidth(scroller);
  const items = virtual.getVirtualItems();
  const slots = 2 ** Math.ceil(Math.log2(Math.max(64, items.length)));
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    setActive(-1);
  }, [props.sort]);

  const move = (to: number): void => {
    const next = Math.max(0, Math.min(total - 1, to));
    setActive(next);
    virtual.scrollToIndex(next, { align: "auto" });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== scroller.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current.clientHeight - covered) / height) - 1);
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      j: active + 1,
      ArrowUp: active - 1,
      k: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: total - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) move(to);
    else if (event.key === "Enter" || event.key === "o") {
      const row = rowAt(active);
      if (row === undefined) return;
      props.onOpen(row);
    } else return;
    event.preventDefault();
  };

  /** One listener for all rows: a row then draws itself anew only when what it shows has changed. */
  const onClick = ({ target }: MouseEvent): void => {
    const line = (target as Element).closest("[role=row]");
    // A link or button inside the row does its own thing; marking text is no click.
    const own = (target as Element).closest("a, button") !== null;
    if (line === null || own || window.getSelection()?.isCollapsed === false) return;
    const index = Number(line.getAttribute("aria-rowindex")) - 2;
    setActive(index);
    const row = rowAt(index);
    if (row !== undefined) props.onOpen(row);
  };

  const least = card === undefined ? leastWidth(columns) : 0;
  const template = useMemo(
    () => (card === undefined ? tracks(columns, width) : "minmax(0, 1fr)"),
    [columns, width, card],
  );
  return (
    <RowLinks>
      <div
        ref={scroller}
        className={old ? "grid dimmed" : "grid"}
        role="grid"
        tabIndex={0}
        aria-label={props.label}
        aria-rowcount={props.total + 1}
        aria-colcount={card === undefined ? columns.length : 1}
        aria-activedescendant={active >= first && active <= last && active >= 0 ? `row-${active}` : undefined}
        aria-busy={old}
        data-list=""
        onKeyDown={onKeyDown}
      >
        <div
          role="rowgroup"
          className={card === undefined ? "grid-head" : "hidden-text"}
          style={{ minWidth: least }}
        >
          <div role="row" aria-rowindex={1} className="grid-row" style={{ gridTemplateColumns: template }}>
            {card === undefined ? (
              columns.map((column) => (
                <Head key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
              ))
            ) : (
              <div role="columnheader">{props.label}</div>
            )}
          </div>
        </div>
        <div
          role="rowgroup"
          className="grid-body"
          onClick={onClick}
          style={
            {
              height: virtual.getTotalSize(),
              minWidth: least,
              "--grid-line": `${height - 1}px`,
            } as CSSProperties
          }
        >
          {items.map((item) => {
            const row = rowAt(item.index);
            return (
              <GridRow
                // Rows that leave lend their elements to those that come: moving a few texts is cheaper than building.
                key={item.index % slots}
                index={item.index}
                start={item.start}
                height={height}
                row={row}
                columns={columns as readonly Column<unknown>[]}
                template={template}
                card={card as ((row: unknown) => ReactNode) | undefined}
                active={item.index === active}
                open={row !== undefined && rowKey(row) === props.openKey}
                extra={row === undefined ? "" : (props.rowClass?.(row) ?? "")}
              />
            );
          })}
        </div>
        {total < props.total && <p className="grid-more">{t("grid.narrow")}</p>}
      </div>
    </RowLinks>
  );
}

interface HeadProps {
  readonly column: Pick<Column<never>, "id" | "title" | "sort" | "end">;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
}

function Head({ column, sort, onSort }: HeadProps) {
  const field = column.sort;
  const state = sortState(sort, field);
  const arrow = state === "ascending" ? "↑" : state === "descending" ? "↓" : "";
  return (
    <div
      role="columnheader"
      aria-sort={state}
      className={column.end === true ? "grid-cell right" : "grid-cell"}
    >
      {field === undefined ? (
        <span>{column.title}</span>
      ) : (
        <button type="button" className="grid-sort" onClick={() => onSort(nextSort(sort, field))}>
          {column.title} {arrow !== "" && <span aria-hidden="true">{arrow}</span>}
        </button>
      )}
    </div>
  );
}

interface RowProps {
  readonly index: number;
  readonly start: number;
  readonly height: number;
  readonly row: unknown;
  readonly columns: readonly Column<unknown>[];
  readonly template: string;
  readonly card: ((row: unknown) => ReactNode) | undefined;
  readonly active: boolean;
  readonly open: boolean;
  readonly extra: string;
}

const GridRow = memo(function GridRow(props: RowProps) {
  const { index, row, columns, card } = props;
  const className = `grid-row${row === undefined ? " unread" : ""}${props.active ? " active" : ""}${props.open ? " open" : ""} ${props.extra}`;
  return (
    <div
      role="row"
      id={`row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={props.open}
      className={className}
      style={{
        transform: `translateY(${props.start}px)`,
        height: props.height,
        gridTemplateColumns: props.template,
      }}
    >
      {card !== undefined ? (
        <div role="gridcell" className="grid-card">
          {row === undefined ? null : card(row)}
        </div>
      ) : (
        columns.map((column) => (
          <div
            key={column.id}
            role="gridcell"
            className={column.end === true ? "grid-cell right" : "grid-cell"}
          >
            {row === undefined ? null : column.cell(row)}
          </div>
        ))
      )}
    </div>
  );
});
