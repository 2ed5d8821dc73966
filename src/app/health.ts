import type { BlindSpot, HealthCheck, HealthReport, HealthStatus } from "./views.ts";

/** What is measured, for one judgement without a clock of its own. */
export interface Measurements {
  readonly writing: { readonly alive: boolean; readonly pending: number; readonly restarts: number };
  readonly reading: { readonly alive: boolean; readonly pending: number; readonly restarts: number };
  /** The last failure of a write that was not the caller's fault; null after the next success. */
  readonly storeFailure: { readonly atMs: number; readonly reason: string } | null;
  readonly freeBytes: number;
  readonly blind: readonly BlindSpot[];
  /** Told by others. */
  readonly raised: readonly HealthCheck[];
}

/** Below it the disk is said to be filling up; below the second, full. */
export const freeBytesLow = 1024 * 1024 * 1024;
export const freeBytesMin = 64 * 1024 * 1024;
/** Calls in the queue at which a thread is called slow. */
export const pendingHigh = 200;

const severity: Readonly<Record<HealthStatus, number>> = { ok: 0, degraded: 1, failing: 2 };

export function worst(checks: readonly HealthCheck[]): HealthStatus {
  return checks.reduce<HealthStatus>(
    (status, check) => (severity[check.status] > severity[status] ? check.status : status),
    "ok",
  );
}

export function judgeHealth(measured: Measurements): HealthReport {
  const checks = [
    storeCheck(measured),
    threadCheck("writer", measured.writing),
    threadCheck("reader", measured.reading),
    diskCheck(measured.freeBytes),
    sourcesCheck(measured.blind),
    clockCheck(measured.blind),
    ...measured.raised,
  ];
  return { status: worst(checks), checks };
}

/** What a code means: the facts it comes with, in a sentence, and the mend where one is needed. */
interface Words {
  readonly code: string;
  readonly params?: HealthCheck["params"];
  readonly what: string;
  readonly mend?: string;
}

export function healthCheck(
  name: HealthCheck["name"],
  status: HealthStatus,
  { code, params = {}, what, mend }: Words,
  sinceMs: number | null = null,
): HealthCheck {
  return { name, status, code, params, what, mend: mend ?? null, sinceMs };
}

function storeCheck({ storeFailure }: Measurements): HealthCheck {
  if (storeFailure === null) {
    return healthCheck("store", "ok", { code: "store-writes", what: "The database takes writes." });
  }
  const { atMs, reason } = storeFailure;
  const words = {
    code: "store-fails",
    params: { reason },
    what: `The database cannot be written: ${reason}.`,
    mend: "Look at the disk and the rights of the data folder; nothing acknowledged is lost.",
  };
  return healthCheck("store", "failing", words, atMs);
}

function threadCheck(name: "writer" | "reader", thread: Measurements["writing"]): HealthCheck {
  const { alive, pending, restarts } = thread;
  const params = { pending, restarts };
  if (!alive) {
    const mend = "If it stays so for more than some seconds, look at the log.";
    return healthCheck(name, "failing", {
      code: "thread-down",
      params,
      what: `The ${name} died and is being restarted.`,
      mend,
    });
  }
  return pending > pendingHigh
    ? healthCheck(name, "degraded", {
        code: "thread-slow",
        params,
        what: `The ${name} is behind: ${pending} calls wait.`,
        mend: "It passes when the load does. If it does not, the machine is too small for these hosts.",
      })
    : healthCheck(name, "ok", { code: "thread-answers", params, what: `The ${name} answers.` });
}

function diskCheck(freeBytes: number): HealthCheck {
  const params = { freeBytes };
  const free = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB`;
  if (freeBytes < freeBytesMin) {
    const mend = "Make room now; until then agents keep what they see.";
    return healthCheck("disk", "failing", {
      code: "disk-full",
      params,
      what: `The disk is full: ${free} free.`,
      mend,
    });
  }
  return freeBytes < freeBytesLow
    ? healthCheck("disk", "degraded", {
        code: "disk-low",
        params,
        what: `Only ${free} of the disk are free.`,
        mend: "Make room, or move the data folder.",
      })
    : healthCheck("disk", "ok", { code: "disk-free", params, what: `${free} of the disk are free.` });
}

function sourcesCheck(blind: readonly BlindSpot[]): HealthCheck {
  const silent = blind.filter(({ code }) => code === "source-silent" || code === "no-source");
  const late = blind.filter(({ code }) => code === "source-late");
  const params = { silent: silent.length, late: late.length };
  if (silent.length + late.length === 0) {
    return healthCheck("sources", "ok", { code: "sources-heard", params, what: "Every source is heard." });
  }
  const since = [...silent, ...late].map(({ sinceMs }) => sinceMs ?? Number.POSITIVE_INFINITY);
  const sinceMs = Math.min(...since);
  const words = {
    code: "sources-quiet",
    params,
    what: `Sources not heard: ${silent.length} silent, ${late.length} late.`,
    mend: "Is the host up, does portolan agent run there, and does it reach this server? The hosts page names them.",
  };
  return healthCheck("sources", "degraded", words, Number.isFinite(sinceMs) ? sinceMs : null);
}

function clockCheck(blind: readonly BlindSpot[]): HealthCheck {
  const skewed = blind.filter(({ code }) => code === "clock-skew");
  const params = { hosts: skewed.length };
  return skewed.length === 0
    ? healthCheck("clock", "ok", { code: "clocks-agree", params, what: "The clocks of all hosts agree." })
    : healthCheck("clock", "degraded", {
        code: "clock-skew",
        params,
        what: `Hosts whose clock differs from the server's: ${skewed.length}.`,
        mend: "Turn on time synchronisation there: timedatectl set-ntp true.",
      });
}
