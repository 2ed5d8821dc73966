import type { ScanEngine, ScanPlan, ScanPlanOrder } from "../../api/shapes.ts";

/** Ports that people watch: remote control, files, mail, databases, queues, containers, web. */
export const usualPorts =
  "21-23,25,53,80,110,111,135,139,143,389,443,445,465,514,587,636,873,993,995,1080,1433,1521,1883,2049,2181,2375-2380," +
  "3000,3128,3306,3389,4369,5000,5432,5601,5672,5900,5984,5985,6379,6443,7001,8000,8008,8080,8081,8086,8088,8443,8500," +
  "8888,9000,9042,9090,9092,9200,9300,10250,11211,15672,27017,50000,50070";
export const allPorts = "-";

/** A plan as it stands in the form: all text, so that nothing half typed gets lost. */
export interface PlanDraft {
  readonly name: string;
  readonly targets: string;
  readonly exclude: string;
  readonly portsBy: "usual" | "all" | "own";
  readonly ownPorts: string;
  readonly excludePorts: string;
  readonly engine: ScanEngine;
  readonly bandwidth: string;
  readonly missTarget: string;
  readonly repeat: ScanPlanOrder["schedule"]["kind"];
  readonly every: string;
  readonly unit: "minutes" | "hours";
  readonly at: string;
  readonly windowed: boolean;
  readonly from: string;
  readonly to: string;
  readonly enabled: boolean;
}

const empty: PlanDraft = {
  name: "",
  targets: "",
  exclude: "",
  portsBy: "usual",
  ownPorts: "",
  excludePorts: "",
  engine: "auto",
  bandwidth: "",
  missTarget: "0.001",
  repeat: "manual",
  every: "6",
  unit: "hours",
  at: "02:30",
  windowed: false,
  from: "22:00",
  to: "06:00",
  enabled: true,
};

const portsBy: Readonly<Record<string, PlanDraft["portsBy"]>> = { [usualPorts]: "usual", [allPorts]: "all" };

export function draftOf(plan: ScanPlanOrder | undefined): PlanDraft {
  if (plan === undefined) return empty;
  const { schedule, window } = plan;
  const whole = schedule.kind === "every" && schedule.minutes % 60 === 0;
  const by = portsBy[plan.ports] ?? "own";
  return {
    ...empty,
    name: plan.name,
    targets: plan.targets.join("\n"),
    exclude: plan.exclude.join(", "),
    portsBy: by,
    ownPorts: by === "own" ? plan.ports : "",
    excludePorts: plan.excludePorts ?? "",
    engine: plan.engine,
    bandwidth: plan.bandwidth ?? "",
    missTarget: String(plan.missTarget),
    repeat: schedule.kind,
    ...(schedule.kind === "every" && {
      every: String(whole ? schedule.minutes / 60 : schedule.minutes),
      unit: whole ? "hours" : "minutes",
    }),
    ...(schedule.kind === "daily" && { at: schedule.at }),
    ...(window !== null && { windowed: true, from: window.from, to: window.to }),
    enabled: plan.enabled,
  };
}

export function orderOf(draft: PlanDraft): ScanPlanOrder {
  return {
    name: draft.name.trim(),
    targets: entries(draft.targets),
    exclude: entries(draft.exclude),
    ports: portsOf(draft),
    excludePorts: portText(draft.excludePorts) || null,
    engine: draft.engine,
    bandwidth: draft.bandwidth.replaceAll(/\s/g, "") || null,
    missTarget: Number(draft.missTarget),
    schedule: scheduleOf(draft),
    window: draft.windowed ? { from: draft.from, to: draft.to } : null,
    enabled: draft.enabled,
  };
}

/** What is sent to change one thing of a plan: the rest as it stands. */
export function orderOfPlan(plan: ScanPlan): ScanPlanOrder {
  const { id: _id, createdAtMs: _created, changedAtMs: _changed, nextRunMs: _next, ...order } = plan;
  return order;
}

/** One a line or by commas, also by those of a Chinese keyboard. */
function entries(text: string): string[] {
  return text
    .split(/[\n,，、;；]+/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

function portsOf({ portsBy: by, ownPorts }: PlanDraft): string {
  if (by === "usual") return usualPorts;
  return by === "all" ? allPorts : portText(ownPorts);
}

/** `22, 80` as the server reads it: `22,80`. */
function portText(text: string): string {
  return text.replaceAll(/[\s,，、]+/g, ",").replaceAll(/^,|,$/g, "");
}

function scheduleOf({ repeat, every, unit, at }: PlanDraft): ScanPlanOrder["schedule"] {
  if (repeat === "manual") return { kind: "manual" };
  if (repeat === "daily") return { kind: "daily", at };
  return { kind: "every", minutes: Math.round(Number(every) * (unit === "hours" ? 60 : 1)) };
}
