import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

/** An answer that takes longer than this is not waited for when there is a newer question. */
const patienceMs = 1_000;

interface SearchFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label: string;
  /** An answer is under way: what is typed meanwhile waits for it, and only the newest is asked. */
  readonly busy?: boolean;
}

/** Asks with the first key, and from then on as fast as the answers come. */
export function SearchField({ value, onChange, label, busy = false }: SearchFieldProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  const wanted = useRef(value);
  const asked = useRef(value);
  /** What was asked and has not come back as `value` yet: anything else there was set from outside. */
  const echoes = useRef<string[]>([]);

  const ask = useEffectEvent((): void => {
    if (wanted.current === asked.current) return;
    asked.current = wanted.current;
    echoes.current.push(asked.current);
    onChange(asked.current);
  });
  const type = (text: string): void => {
    setTyped(text);
    wanted.current = text.trim();
  };
  const follow = useEffectEvent((): void => {
    const echo = echoes.current.indexOf(value);
    echoes.current = echo < 0 ? [] : echoes.current.slice(echo + 1);
    if (echo >= 0 || value === asked.current) return;
    // The back button, a chip.
    type(value);
    asked.current = value;
  });
  useEffect(() => follow(), [value]);
  useEffect(() => {
    // Between the asking and its echo the list does not know yet that it is busy.
    if (!busy && echoes.current.length === 0) ask();
    const timer = setTimeout(() => ask(), patienceMs);
    return () => clearTimeout(timer);
  }, [typed, value, busy]);
  return (
    <TextInput
      data-search=""
      className="search-field"
      aria-label={label}
      placeholder={label}
      value={typed}
      maxLength={200}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        typed === "" ? undefined : (
          <CloseButton size="sm" aria-label={t("action.clear")} onClick={() => type("")} />
        )
      }
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") document.querySelector<HTMLElement>("[data-list]")?.focus();
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}
