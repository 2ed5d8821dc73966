import { ActionIcon, CloseButton, Tooltip } from "@mantine/core";
import { IconArrowsDiagonal } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PortView } from "../port/port-view.tsx";

/** A port beside the list; the list stays usable. */
export function PortAside({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <aside className="port-aside panel" aria-label={t("port.title")}>
      <div className="port-aside-tools">
        <Tooltip label={t("port.openPage")}>
          <ActionIcon
            variant="subtle"
            size={28}
            component={Link}
            to={`/ports/${encodeURIComponent(id)}`}
            aria-label={t("port.openPage")}
          >
            <IconArrowsDiagonal size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <CloseButton aria-label={t("action.close")} onClick={onClose} />
      </div>
      <PortView id={id} narrow />
    </aside>
  );
}
