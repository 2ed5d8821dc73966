import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

interface CopyProps {
  readonly text: string;
  /** With words a button, without an icon. */
  readonly label?: string;
}

const doneMs = 1_600;

export function Copy({ text, label }: CopyProps) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), doneMs);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = (): void => {
    void copyText(text).then(setDone);
  };
  const icon = done ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />;
  const words = done ? t("action.copied") : (label ?? t("action.copy"));
  if (label !== undefined) {
    return (
      <Button size="xs" variant="default" leftSection={icon} onClick={copy}>
        {words}
      </Button>
    );
  }
  return (
    <Tooltip label={words}>
      <ActionIcon variant="subtle" size={24} aria-label={words} onClick={copy}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

/** `navigator.clipboard` exists on https and localhost only; a server on plain http needs the old way. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "hidden-text";
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }
}
