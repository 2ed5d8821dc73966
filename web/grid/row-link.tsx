import { useRouter } from "@tanstack/react-router";
import { type MouseEvent, type ReactNode, useContext, createContext } from "react";

interface RowLinkProps {
  readonly to: string;
  readonly className?: string;
  readonly children: ReactNode;
}

const PushContext = createContext<(to: string) => void>(() => {});

/** Gives the links of a grid their router once; a full router link in every row would cost frames. */
export function RowLinks({ children }: { readonly children: ReactNode }) {
  const router = useRouter();
  return <PushContext value={(to) => router.history.push(to)}>{children}</PushContext>;
}

/** A link inside a row: a real address (to copy, to open in a tab), out of the tab order, since Enter opens the row. */
export function RowLink({ to, className = "plain", children }: RowLinkProps) {
  const push = useContext(PushContext);
  const onClick = (event: MouseEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    push(to);
  };
  return (
    <a href={to} className={className} tabIndex={-1} onClick={onClick}>
      {children}
    </a>
  );
}
