import { homedir } from "node:os";
import { join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

export const controlSocketName = "control.sock";

/** What was configured (by flag, PORTOLAN_DATA or file), what systemd gives, the system's place for root, XDG's for others. */
export function dataFolder(configured: string | null | undefined, environment: Environment): string {
  const chosen = configured ?? environment["STATE_DIRECTORY"] ?? "";
  if (chosen !== "") return resolve(chosen);
  if (process.getuid?.() === 0) return "/var/lib/portolan";
  return join(xdgFolder(environment, "XDG_DATA_HOME", ".local/share"), "portolan");
}

/** `~/.config/portolan`: `config.yaml`, and `url` and `token` of a server elsewhere. */
export function userConfigFolder(environment: Environment): string {
  return join(xdgFolder(environment, "XDG_CONFIG_HOME", ".config"), "portolan");
}

function xdgFolder(environment: Environment, variable: string, usual: string): string {
  const given = environment[variable] ?? "";
  return given === "" ? join(homedir(), usual) : given;
}
