import {
  IconActivity,
  IconAnchor,
  IconArrowsLeftRight,
  IconRadar2,
  IconServer2,
  IconSettings,
  IconSmartHome,
} from "@tabler/icons-react";

/** The rail, the palette and the keys show the same pages; one line here adds one. */
export const pages = [
  { to: "/", name: "overview", icon: IconSmartHome, key: "g o" },
  { to: "/ports", name: "ports", icon: IconAnchor, key: "g p" },
  { to: "/events", name: "events", icon: IconActivity, key: "g e" },
  { to: "/hosts", name: "hosts", icon: IconServer2, key: "g h" },
  { to: "/connections", name: "connections", icon: IconArrowsLeftRight, key: "g n" },
  { to: "/scans", name: "scans", icon: IconRadar2, key: "g c" },
  { to: "/settings", name: "settings", icon: IconSettings, key: "g s" },
] as const;
