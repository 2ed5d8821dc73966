import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { parseSync } from "oxc-parser";

/** Path from the root (`src/base/ip.ts`) → source text. */
export type Sources = ReadonlyMap<string, string>;

/** One import of one file. `typeOnly`: gone at run time. */
export interface Arrow {
  readonly from: string;
  /** A path like the keys of `Sources` for our own files, else the specifier as written. */
  readonly to: string;
  readonly typeOnly: boolean;
}

/** Every TypeScript file of the product below `folders`; its tests are none of it. */
export function readSources(root: string, folders: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
      if (!entry.isFile() || !/(?<!\.test)\.tsx?$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      found.set(relative(root, path), readFileSync(path, "utf8"));
    }
  }
  return found;
}

export function arrowsOf(sources: Sources): Arrow[] {
  return [...sources].flatMap(([from, text]) => arrowsOfFile(from, text));
}

function arrowsOfFile(from: string, text: string): Arrow[] {
  const { module } = parseSync(from, text);
  const resolve = (specifier: string): string =>
    specifier.startsWith(".") ? posix.normalize(posix.join(dirname(from), specifier)) : specifier;
  const imports = module.staticImports.map((statement) => ({
    from,
    to: resolve(statement.moduleRequest.value),
    typeOnly: statement.entries.length > 0 && statement.entries.every((entry) => entry.isType),
  }));
  const exports = module.staticExports
    .flatMap((statement) => statement.entries)
    .filter((entry) => entry.moduleRequest !== null)
    .map((entry) => ({ from, to: resolve(entry.moduleRequest?.value ?? ""), typeOnly: entry.isType }));
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest }) => {
    const literal = /^["'`]([^"'`$]+)["'`]$/.exec(text.slice(moduleRequest.start, moduleRequest.end));
    return literal?.[1] === undefined ? [] : [{ from, to: resolve(literal[1]), typeOnly: false }];
  });
  return [...imports, ...exports, ...dynamic];
}
