// What: the names by which a rule may speak of the owners of an endpoint.
// Idea: people write `nc`, `nginx`, `/usr/sbin/nginx` or `app.py`; every spelling that the machine shows counts.
// Trap: a process chooses its own name, so a name is what people expect, a path is what they can rely on.

import { type Owner, ownerKey, ownerOf } from "../model/owner.ts";
import type { Process } from "../model/process.ts";

export interface OwnerNames {
  /** One set per owner. */
  readonly perOwner: readonly ReadonlySet<string>[];
  /** Whether all owners are known. */
  readonly complete: boolean;
}

export interface Held {
  readonly owners: readonly Owner[];
  readonly processes: readonly Process[];
  readonly ownerUnknown: string | null;
}

export function ownerNames({ owners, processes, ownerUnknown }: Held): OwnerNames {
  const shown = new Map<string, Process[]>();
  for (const process of processes) {
    const key = ownerKey(ownerOf(process));
    shown.set(key, [...(shown.get(key) ?? []), process]);
  }
  const perOwner = owners.map((owner) => {
    const names = new Set<string>();
    for (const process of shown.get(ownerKey(owner)) ?? [])
      someShownName(process, (name) => !names.add(name));
    someName(owner, (name) => !names.add(name));
    return names;
  });
  return { perOwner, complete: ownerUnknown === null && owners.length > 0 };
}

/** Whether any name of any holder is in `names`: a quick "no" for most. */
export function mentions({ owners, processes }: Held, names: Pick<ReadonlySet<string>, "has">): boolean {
  const has = (name: string): boolean => names.has(name);
  return (
    owners.some((owner) => someName(owner, has)) || processes.some((process) => someShownName(process, has))
  );
}

/** `nginx: master process` is called nginx. */
function someShownName({ name }: Process, test: (name: string) => boolean): boolean {
  return test(name) || test(/^[^\s:]*/.exec(name)?.[0] ?? name);
}

/** `-m http.server` and `-jar /srv/app.jar` are called by their last word. */
function someName({ executable, program }: Owner, test: (name: string) => boolean): boolean {
  if (test(executable) || test(lastPart(executable))) return true;
  if (program === null) return false;
  const word = program.startsWith("-") ? program.slice(program.indexOf(" ") + 1) : program;
  return test(program) || test(word) || test(lastPart(word));
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Whether a rule's process speaks of the owners: one of them for `some`, else all, and all must be known. */
export function isNamed({ perOwner, complete }: OwnerNames, process: string, some: boolean): boolean {
  if (some) return perOwner.some((names) => names.has(process));
  return complete && perOwner.every((names) => names.has(process));
}
