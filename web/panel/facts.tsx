import { Fragment, type ReactNode } from "react";

/** A name and what is known under it; undefined: does not apply here. */
export type Fact = readonly [name: ReactNode, value: ReactNode] | undefined;

interface FactsProps {
  readonly facts: readonly Fact[];
  readonly className?: string;
}

export function Facts({ facts, className = "facts body" }: FactsProps) {
  return (
    <dl className={className}>
      {facts.map((fact, index) =>
        fact === undefined ? null : (
          <Fragment key={index}>
            <dt>{fact[0]}</dt>
            <dd>{fact[1] ?? <span className="dim">–</span>}</dd>
          </Fragment>
        ),
      )}
    </dl>
  );
}
