import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type en from "./en.json";

export const languages = ["en", "zh-CN"] as const;
export type Language = (typeof languages)[number];
const storageKey = "portolan-language";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
  }
}

/** The catalogue of one language; the other one is not loaded until it is asked for. */
const catalogues: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import("./en.json"),
  "zh-CN": () => import("./zh-CN.json"),
};

export function preferredLanguage(): Language {
  const kept = read();
  if (kept !== undefined) return kept;
  const wanted = navigator.languages.find((tag) => /^(zh|en)\b/i.test(tag)) ?? "en";
  return /^zh/i.test(wanted) ? "zh-CN" : "en";
}

function read(): Language | undefined {
  try {
    return languages.find((language) => language === localStorage.getItem(storageKey));
  } catch {
    return undefined;
  }
}

export async function startLanguage(): Promise<void> {
  const language = preferredLanguage();
  const catalogue = await catalogues[language]();
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation: catalogue.default } },
    fallbackLng: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}

export async function switchLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation")) {
    const catalogue = await catalogues[language]();
    i18next.addResourceBundle(language, "translation", catalogue.default);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
