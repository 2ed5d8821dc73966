import { useId, type ReactNode } from "react";

interface PanelProps {
  readonly title: string;
  /** At the end of the heading's line: a count, a link, a deed. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}

/** One question of a page and its answer, under a heading. */
export function Panel({ title, beside, children }: PanelProps) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {beside}
      </header>
      {children}
    </section>
  );
}
