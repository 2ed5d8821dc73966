import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "../states/states.tsx";

export function MissingPage() {
  const { t } = useTranslation();
  return (
    <div className="page">
      <h1 className="hidden-text">{t("missing.title")}</h1>
      <Empty
        title={t("missing.title")}
        action={
          <Button component={Link} to="/" variant="default">
            {t("missing.home")}
          </Button>
        }
      >
        {t("missing.text")}
      </Empty>
    </div>
  );
}
