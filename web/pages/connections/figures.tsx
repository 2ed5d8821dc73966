import type { ReactNode } from "react";

interface FiguresProps {
  readonly figures: readonly (readonly [name: string, value: ReactNode])[];
  /** They are old. */
  readonly stale?: boolean;
}

/** The few numbers that are read first. */
export function Figures({ figures, stale = false }: FiguresProps) {
  return (
    <dl className={stale ? "figures connection-figures stale" : "figures connection-figures"}>
      {figures.map(([name, value]) => (
        <div key={name}>
          <dd>{value}</dd>
          <dt>{name}</dt>
        </div>
      ))}
    </dl>
  );
}
