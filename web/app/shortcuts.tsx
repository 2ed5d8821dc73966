import { Kbd } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Dialog } from "../forms/dialog.tsx";

const shortcuts = [
  { keys: ["Ctrl", "K"], name: "palette" },
  { keys: ["/"], name: "search" },
  { keys: ["j", "k"], name: "move" },
  { keys: ["Enter"], name: "open" },
  { keys: ["Esc"], name: "close" },
  { keys: ["g", "o"], name: "overview" },
  { keys: ["g", "p"], name: "ports" },
  { keys: ["g", "e"], name: "events" },
  { keys: ["g", "h"], name: "hosts" },
  { keys: ["g", "n"], name: "connections" },
  { keys: ["g", "c"], name: "scans" },
  { keys: ["g", "s"], name: "settings" },
  { keys: ["?"], name: "help" },
] as const;

export function Shortcuts({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog onClose={onClose} title={t("keys.title")}>
      <dl className="shortcuts">
        {shortcuts.map(({ keys, name }) => (
          <div key={name}>
            <dt>{t(`keys.${name}`)}</dt>
            <dd>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
