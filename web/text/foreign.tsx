import { memo } from "react";
import { pieces, visible } from "./hostile.ts";

interface ForeignProps {
  readonly text: string;
  readonly mono?: boolean;
  /** One line, cut at the edge; the whole text stands in the title. */
  readonly clip?: boolean;
}

/** Text that a stranger wrote (process, command line, host, path): isolated in its direction, unseen characters escaped. */
export const Foreign = memo(function Foreign({ text, mono = false, clip = false }: ForeignProps) {
  const className = [mono ? "mono" : "", clip ? "clip" : "wrap"].join(" ").trim();
  return (
    <bdi dir="ltr" className={className} title={clip ? visible(text) : undefined}>
      {pieces(text).map((piece, index) =>
        piece.escaped ? (
          <span key={index} className="escape">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </bdi>
  );
});
