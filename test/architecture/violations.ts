import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { agentNeverHolds, folderNamesForbidden, plan, pureModules } from "./plan.ts";
import { arrowsOf } from "./tree.ts";
import type { Arrow, Sources } from "./tree.ts";

/** Every breach of the plan, each as a sentence that names the arrow. Empty = the walls stand. */
export function violations(sources: Sources, arrows: readonly Arrow[] = arrowsOf(sources)): string[] {
  return [
    ...misplacedFiles(sources),
    ...arrows.flatMap((arrow) => breachOf(arrow)),
    ...cyclesIn(arrows),
    ...agentBreaches(arrows),
    ...exits(sources),
  ];
}

const rows = new Map(plan.map((row) => [row.folder, row]));

/** `src/sources/host/ss.ts` → `sources/host`; undefined outside `src` and in no planned folder. */
function folderOf(path: string): string | undefined {
  const parts = path.split("/");
  if (parts[0] !== "src") return undefined;
  return [`${parts[1]}/${parts[2]}`, `${parts[1]}`].find((name) => rows.has(name));
}

function misplacedFiles(sources: Sources): string[] {
  return [...sources.keys()].flatMap((path) => {
    const forbidden = posix
      .dirname(path)
      .split("/")
      .find((name) => folderNamesForbidden.includes(name));
    if (forbidden !== undefined)
      return [`${path}: a folder named ${forbidden} says nothing; put it with the noun it is about`];
    if (path.startsWith("src/") && folderOf(path) === undefined)
      return [`${path}: stands in no folder of the plan`];
    return [];
  });
}

function breachOf({ from, to, typeOnly }: Arrow): string[] {
  const folder = folderOf(from);
  if (folder === undefined) {
    return from.startsWith("web/") && to.startsWith("src/")
      ? [`${from} imports ${to}: web talks HTTP only`]
      : [];
  }
  const row = rows.get(folder);
  if (row === undefined) return [];
  if (to.startsWith("src/") || to.startsWith("web/") || to.startsWith("test/")) {
    const target = folderOf(to);
    if (
      target === folder ||
      (target !== undefined && (row.folders.includes("*") || row.folders.includes(target)))
    )
      return [];
    return [`${from} imports ${to}: ${folder} may import only ${["itself", ...row.folders].join(", ")}`];
  }
  if (isBuiltin(to)) {
    if (!row.pure || pureModules.includes(to) || typeOnly) return [];
    return [`${from} imports ${to}: ${folder} is pure, it does no I/O`];
  }
  const name = to
    .split("/")
    .slice(0, to.startsWith("@") ? 2 : 1)
    .join("/");
  if (row.packages.includes(name) || to.endsWith(".json")) return [];
  return [`${from} imports ${name}: not a package of ${folder}`];
}

/** Import cycles among files, type imports counted; each is told once, as a path. */
function cyclesIn(arrows: readonly Arrow[]): string[] {
  const next = Map.groupBy(arrows, (arrow) => arrow.from);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.push(`import cycle: ${[...path.slice(start), file].join(" → ")}`);
      return;
    }
    if (done.has(file)) return;
    for (const arrow of next.get(file) ?? []) visit(arrow.to, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return found;
}

/** What runs in the agent, reached through every import that exists at run time. */
function agentBreaches(arrows: readonly Arrow[]): string[] {
  const next = Map.groupBy(
    arrows.filter((arrow) => !arrow.typeOnly),
    (arrow) => arrow.from,
  );
  const via = new Map<string, string>();
  const queue = [...next.keys()].filter((path) => folderOf(path) === "agent");
  for (const file of queue) {
    for (const { to } of next.get(file) ?? []) {
      if (via.has(to) || queue.includes(to)) continue;
      via.set(to, file);
      queue.push(to);
    }
  }
  return [...via].flatMap(([file, from]) => {
    const reason = agentNeverHolds[folderOf(file) ?? ""];
    if (reason !== undefined) return [`the agent carries ${file} (through ${from}): ${reason}`];
    return file === "zod" ? [`the agent carries zod (through ${from}): it must stay small`] : [];
  });
}

function exits(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) =>
    path.startsWith("src/") && folderOf(path) !== "cli" && /\bprocess\.exit\(/.test(text)
      ? [`${path}: calls process.exit; only src/cli ends the process`]
      : [],
  );
}
