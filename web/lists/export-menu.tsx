import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { apiUrl, type Query } from "../api/client.ts";

/** The list as it is filtered, as a file. */
export function ExportMenu({ path, query }: { readonly path: string; readonly query: Query }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="xs" h={32} leftSection={<IconDownload size={15} aria-hidden />}>
          {t("list.export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(["csv", "json"] as const).map((format) => (
          <Menu.Item key={format} component="a" href={apiUrl(path, { ...query, format })} download>
            {t(`export.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
