import "./theme/mantine.ts";
import "./theme/tokens.css";
import "./theme/bridge.css";
import "./theme/base.css";
import "./marks/marks.css";
import "./states/states.css";
import "./grid/grid.css";
import "./charts/charts.css";
import "./app/shell.css";
import "./pages/pages.css";
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { queryClient } from "./api/client.ts";
import { router } from "./app/router.tsx";
import { startLanguage } from "./i18n/language.ts";
import { theme } from "./theme/theme.ts";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
const colorScheme = localStorageColorSchemeManager({ key: "portolan-theme" });

await startLanguage();
const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <MantineProvider
      theme={theme}
      colorSchemeManager={colorScheme}
      defaultColorScheme="auto"
      // All variables stand in style sheets; nothing is injected.
      withCssVariables={false}
      withGlobalClasses={false}
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Notifications position="bottom-right" />
      </QueryClientProvider>
    </MantineProvider>,
  );
}
