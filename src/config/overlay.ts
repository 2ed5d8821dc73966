import { type Leaf, leavesOf } from "./outline.ts";
import type { Mistake } from "./read.ts";
import { meantVariable, variableOf } from "./variables.ts";

export interface OverlaySources {
  /** `PORTOLAN_AGENT_INTERVAL=5s`; lists by commas; empty is unset. `…_FILE` names a file that holds the value. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** By key: `{ "listen": "0.0.0.0:7317" }`. */
  readonly flags?: Readonly<Record<string, string | undefined>> | undefined;
  /** Reads what `…_FILE` names; may throw. */
  readonly readFile?: ((path: string) => string) | undefined;
}

/** What environment and flags set. */
export interface Overlay {
  readonly values: readonly { readonly leaf: Leaf; readonly value: unknown }[];
  /** Key → what set it. */
  readonly origins: ReadonlyMap<string, string>;
  readonly mistakes: readonly Mistake[];
}

export function overlayOf({ environment = {}, flags = {}, readFile }: OverlaySources): Overlay {
  const leaves = leavesOf().filter(({ kind }) => kind !== "structure");
  const origins = new Map<string, string>();
  const mistakes: Mistake[] = [];
  const set = (leaf: Leaf, text: string, origin: string): { leaf: Leaf; value: unknown } => {
    origins.set(leaf.path.join("."), origin);
    return { leaf, value: valueOf(leaf, text) };
  };
  const fromFile = (path: string | undefined, origin: string, key: string): string | undefined => {
    if (path === undefined || path === "" || readFile === undefined) return undefined;
    try {
      return readFile(path).trim();
    } catch {
      origins.set(key, origin);
      mistakes.push({ place: null, key, problem: `names a file that cannot be read: ${path}` });
      return undefined;
    }
  };
  const values = leaves.flatMap((leaf) => {
    const key = leaf.path.join(".");
    const variable = variableOf(leaf.path);
    const held = environment[variable] || fromFile(environment[`${variable}_FILE`], `${variable}_FILE`, key);
    const flag = flags[key];
    if (flag !== undefined) return [set(leaf, flag, `--${leaf.path.at(-1)}`)];
    return held ? [set(leaf, held, variable)] : [];
  });
  const known = new Set(leaves.flatMap(({ path }) => [variableOf(path), `${variableOf(path)}_FILE`]));
  for (const name of Object.keys(environment)) {
    const meant = known.has(name)
      ? undefined
      : meantVariable(
          name,
          leaves.map(({ path }) => path),
        );
    if (meant === undefined || environment[name] === undefined) continue;
    origins.set(name, "environment");
    mistakes.push({
      place: null,
      key: name,
      problem: `is an unknown variable; did you mean ${meant}?`,
    });
  }
  return { values, origins, mistakes };
}

function valueOf({ kind }: Leaf, text: string): unknown {
  if (kind === "number") return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (kind === "switch") return text === "true" || (text === "false" ? false : text);
  return kind === "list" ? text.split(",").map((item) => item.trim()) : text;
}

type Tree = Record<string, unknown>;

const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `agent:` with nothing behind it is as if it were not there. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) => (child === null ? [] : [[key, withoutNulls(child)]])),
  );
}

/** What the file says, with what was set besides put over it. */
export function withOverlay(value: unknown, { values }: Overlay): unknown {
  const given = withoutNulls(value);
  if (!isTree(given)) return given;
  return values.reduce<Tree>((tree, { leaf, value }) => setAt(tree, leaf.path, value), given);
}

function setAt(tree: Tree, [key = "", ...rest]: readonly string[], value: unknown): Tree {
  const child = tree[key];
  return { ...tree, [key]: rest.length === 0 ? value : setAt(isTree(child) ? child : {}, rest, value) };
}
