import type { ReactNode } from "react";

interface FigureRowProps {
  readonly figures: readonly (readonly [name: string, value: ReactNode])[];
}

/** A few figures side by side, each under its name. */
export function FigureRow({ figures }: FigureRowProps) {
  return (
    <dl className="figure-row">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
