import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export interface TableColumn<Row> {
  /** None: deeds on the row, at its end. */
  readonly title?: string;
  readonly cell: (row: Row) => ReactNode;
}

interface TableProps<Row> {
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string | number;
  /** The first names the row. */
  readonly columns: readonly [TableColumn<Row>, ...TableColumn<Row>[]];
  readonly rowClass?: (row: Row) => string | undefined;
}

/** A table of few rows; on a narrow screen each row is a card that names its own cells. */
export function Table<Row>({ rows, rowKey, columns, rowClass }: TableProps<Row>) {
  const { t } = useTranslation();
  const [first, ...others] = columns;
  return (
    <table className="table stacked">
      <thead>
        <tr>
          {columns.map(({ title }) => (
            <th key={title ?? "deeds"} scope="col">
              {title ?? <span className="hidden-text">{t("palette.actions")}</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)} className={rowClass?.(row)}>
            <th scope="row">
              <span>{first.cell(row)}</span>
            </th>
            {others.map(({ title, cell }) => (
              <td key={title ?? "deeds"} data-label={title} className={title === undefined ? "right" : ""}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
