import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bad, good } from "./check.ts";
import type { Check } from "./check.ts";

const nodeMajorLeast = 24;

export const checkNode: Check = ({ say }) => {
  const { version } = process;
  return Number(process.versions.node.split(".")[0]) >= nodeMajorLeast
    ? good("node", say("doctor.node-good", { version }))
    : bad("node", "broken", say("doctor.node-old", { version }), say("doctor.node-mend"));
};

export const checkWeb: Check = ({ say }) => {
  const folder = fileURLToPath(new URL("../../..", import.meta.url));
  return existsSync(join(folder, "web/dist/index.html"))
    ? good("web", say("doctor.web-good"))
    : bad("web", "broken", say("doctor.web-missing"), say("doctor.web-mend", { folder }));
};

export const checkSystemd: Check = ({ say }) =>
  // sd_booted(3): the folder is there exactly when systemd is the first process.
  good("systemd", say(existsSync("/run/systemd/system") ? "doctor.systemd-good" : "doctor.systemd-absent"));
