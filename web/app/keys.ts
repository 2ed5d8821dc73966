import { useEffect, useRef } from "react";

/** Is the person writing? Then single keys are letters, not commands. */
function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null
  );
}

/** Single keys and two-key sequences ("g p") for as long as the component is there. */
export function useKeys(commands: Readonly<Record<string, () => void>>): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    let prefix = "";
    let forget: number | undefined;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isWriting(event.target) || document.querySelector("[aria-modal='true']") !== null) return;
      const command = latest.current[prefix + event.key] ?? latest.current[event.key];
      prefix = event.key === "g" ? "g " : "";
      window.clearTimeout(forget);
      forget = window.setTimeout(() => (prefix = ""), 1_000);
      if (command === undefined) return;
      event.preventDefault();
      prefix = "";
      command();
    };
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", onKey);
      window.clearTimeout(forget);
    };
  }, []);
}
