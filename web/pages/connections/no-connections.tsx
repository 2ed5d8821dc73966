import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "../../states/states.tsx";

/** Nobody has counted anything yet: who would, and where to look when nobody does. */
export function NoConnections() {
  const { t } = useTranslation();
  return (
    <div className="panel grow">
      <Empty title={t("connections.none")} action={<Link to="/hosts">{t("connections.noneDeed")}</Link>}>
        {t("connections.noneText")}
      </Empty>
    </div>
  );
}
