import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PortView } from "./port-view.tsx";

export function PortPage() {
  const { t } = useTranslation();
  const { portId } = useParams({ from: "/shell/ports/$portId" });
  return (
    <div className="page">
      <nav className="crumbs" aria-label={t("shell.crumbs")}>
        <Link to="/ports">{t("page.ports")}</Link>
      </nav>
      <PortView id={portId} />
    </div>
  );
}
