import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

interface ChipProps {
  /** What is filtered by; left out where the value says it itself. */
  readonly name?: string;
  readonly value: string;
  readonly onDrop: () => void;
}

/** One thing that narrows a list, with its way out. */
export function Chip({ name, value, onDrop }: ChipProps) {
  const { t } = useTranslation();
  const words = name === undefined ? value : `${name}: ${value}`;
  return (
    <button
      type="button"
      className="chip"
      aria-label={t("filter.remove", { filter: words })}
      title={words}
      onClick={onDrop}
    >
      <span className="clip">
        {name !== undefined && <span className="dim">{name}</span>} {value}
      </span>
      <IconX size={13} aria-hidden />
    </button>
  );
}
