import { createTheme, Drawer, Menu, Modal, Popover, Select, Tooltip } from "@mantine/core";

/**
 * Mantine draws with our tokens (theme/bridge.css). Scroll locks would inject a <style> element, so they are off;
 * `html:has([data-modal-open])` in base.css does the same.
 */
export const theme = createTheme({
  primaryColor: "teal",
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: "var(--font-text)",
  fontFamilyMonospace: "var(--font-mono)",
  variantColorResolver: ({ color, variant }) => {
    const danger = color === "red";
    if (variant === "filled") {
      return danger
        ? {
            background: "var(--risk-soft)",
            hover: "var(--risk-soft)",
            color: "var(--risk)",
            border: "1px solid var(--risk)",
          }
        : {
            background: "var(--accent)",
            hover: "var(--accent-hover)",
            color: "var(--on-accent)",
            border: "1px solid transparent",
          };
    }
    const ink = danger ? "var(--risk)" : variant === "default" ? "var(--ink)" : "var(--accent-ink)";
    if (variant === "subtle" || variant === "transparent") {
      return {
        background: "transparent",
        hover: "var(--hover)",
        color: ink,
        border: "1px solid transparent",
      };
    }
    if (variant === "light") {
      return {
        background: "var(--accent-soft)",
        hover: "var(--picked)",
        color: ink,
        border: "1px solid transparent",
      };
    }
    return {
      background: "var(--paper)",
      hover: "var(--hover)",
      color: ink,
      border: "1px solid var(--line-2)",
    };
  },
  components: {
    Modal: Modal.extend({
      defaultProps: {
        lockScroll: false,
        transitionProps: { duration: 120 },
        overlayProps: { backgroundOpacity: 0.4 },
      },
    }),
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false, transitionProps: { duration: 120 } } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 300, withArrow: true, events: { hover: true, focus: true, touch: true } },
    }),
    Menu: Menu.extend({ defaultProps: { transitionProps: { duration: 80 }, shadow: "md" } }),
    Popover: Popover.extend({ defaultProps: { transitionProps: { duration: 80 }, shadow: "md" } }),
    Select: Select.extend({ defaultProps: { allowDeselect: false, checkIconPosition: "right" } }),
  },
});
