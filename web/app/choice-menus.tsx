import { ActionIcon, Menu, useMantineColorScheme } from "@mantine/core";
import {
  IconCheck,
  IconDeviceDesktop,
  IconLanguage,
  IconMoon,
  IconSun,
  type Icon,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { languages, switchLanguage } from "../i18n/language.ts";

export const languageNames = { en: "English", "zh-CN": "简体中文" } as const;
export const themes = [
  { value: "light", icon: IconSun },
  { value: "dark", icon: IconMoon },
  { value: "auto", icon: IconDeviceDesktop },
] as const;

export function LanguageMenu() {
  const { t, i18n } = useTranslation();
  return (
    <ChoiceMenu
      label={t("shell.language")}
      icon={IconLanguage}
      chosen={i18n.language}
      choices={languages.map((language) => ({
        value: language,
        words: languageNames[language],
        language,
      }))}
      onChoose={(language) => void switchLanguage(language)}
    />
  );
}

export function ThemeMenu() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <ChoiceMenu
      label={t("shell.theme")}
      icon={themes.find((theme) => theme.value === colorScheme)?.icon ?? IconDeviceDesktop}
      chosen={colorScheme}
      choices={themes.map(({ value, icon }) => ({ value, words: t(`theme.${value}`), icon }))}
      onChoose={setColorScheme}
    />
  );
}

interface ChoiceMenuProps<Value extends string> {
  readonly label: string;
  readonly icon: Icon;
  readonly chosen: string;
  readonly choices: readonly {
    readonly value: Value;
    readonly words: string;
    readonly icon?: Icon;
    /** What the words are written in, where that is not the page's language. */
    readonly language?: string;
  }[];
  readonly onChoose: (value: Value) => void;
}

/** A button with a picture of what is chosen; the menu has a tick at it. */
function ChoiceMenu<Value extends string>(props: ChoiceMenuProps<Value>) {
  const { label, icon: Picture, chosen, choices, onChoose } = props;
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" size={34} aria-label={label}>
          <Picture size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map(({ value, words, icon: Own, language }) => (
          <Menu.Item
            key={value}
            lang={language}
            leftSection={Own === undefined ? undefined : <Own size={16} aria-hidden />}
            rightSection={
              value === chosen ? <IconCheck size={15} aria-label={t("shell.chosen")} /> : undefined
            }
            onClick={() => onChoose(value)}
          >
            {words}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
