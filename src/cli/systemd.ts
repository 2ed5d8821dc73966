import { spawn } from "node:child_process";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Tells systemd how we fare, where it asked to be told (sd_notify(3)): `READY=1`, `STOPPING=1`, `WATCHDOG=1`. Node has
 * no datagram sockets of the UNIX kind, so systemd's own program speaks; the unit needs NotifyAccess=all for it.
 */
export function notifySystemd(environment: Environment, state: "READY" | "STOPPING" | "WATCHDOG"): void {
  if ((environment["NOTIFY_SOCKET"] ?? "") === "") return;
  const child = spawn("systemd-notify", [`--pid=${process.pid}`, `${state}=1`], { stdio: "ignore" });
  // Without the program systemd waits until its time-out and says so itself.
  child.on("error", () => {});
  child.unref();
}

/**
 * Says twice per period that this loop still turns (sd_watchdog_enabled(3)): when it stands still for a whole one,
 * systemd ends us and starts us again. Until the signal.
 */
export function keepWatchdogQuiet(environment: Environment, signal: AbortSignal): void {
  const periodMs = Number(environment["WATCHDOG_USEC"] ?? "") / 1_000;
  const meant = environment["WATCHDOG_PID"] ?? "";
  if (!(periodMs > 0) || (meant !== "" && Number(meant) !== process.pid)) return;
  const timer = setInterval(() => notifySystemd(environment, "WATCHDOG"), periodMs / 2);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}
