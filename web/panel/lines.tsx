import type { ReactNode } from "react";

interface LinesProps<Row> {
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row, index: number) => string;
  /** Said where there is no row; left out where there always is one. */
  readonly none?: string;
  /** That there is none is good news. */
  readonly calm?: boolean;
  readonly className?: string;
  readonly lineClass?: string;
  readonly children: (row: Row) => ReactNode;
}

/** A short list inside a panel, a line each. */
export function Lines<Row>(props: LinesProps<Row>) {
  const { rows, rowKey, none, calm = false, className = "", lineClass, children } = props;
  if (rows.length === 0 && none !== undefined) {
    return (
      <p className={calm ? "body calm" : "body dim"}>
        {calm && <span aria-hidden="true">✓</span>} {none}
      </p>
    );
  }
  return (
    <ul className={`lines ${className}`}>
      {rows.map((row, index) => (
        <li key={rowKey(row, index)} className={lineClass}>
          {children(row)}
        </li>
      ))}
    </ul>
  );
}
