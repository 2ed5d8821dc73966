import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../../api/queries.ts";

const sections = [
  { to: "/settings/profile", name: "profile" },
  { to: "/settings/users", name: "users" },
  { to: "/settings/tokens", name: "tokens" },
  { to: "/settings/integrations", name: "integrations" },
  { to: "/settings/audit", name: "audit" },
  { to: "/settings/health", name: "health" },
] as const;

export function SettingsPage() {
  const { t } = useTranslation();
  return (
    <div className="page">
      <h1>{t("page.settings")}</h1>
      <nav className="tabs" aria-label={t("page.settings")}>
        {sections.map(({ to, name }) => (
          <Link key={to} to={to} className="tab" activeProps={{ "aria-current": "page" }}>
            {t(`settings.${name}`)}
          </Link>
        ))}
      </nav>
      <Outlet />
    </div>
  );
}

/** A section for administrators; others are told so, with the reason. */
export function forAdmins(Section: ComponentType): ComponentType {
  return function ForAdmins() {
    const { t } = useTranslation();
    const role = useQuery(sessionQuery).data?.user.role ?? "viewer";
    if (role === "admin") return <Section />;
    return (
      <section className="panel body" role="note">
        <h2>{t("settings.adminOnly")}</h2>
        <p className="ink2">{t("settings.adminOnlyText", { role: t(`role.${role}`) })}</p>
      </section>
    );
  };
}
