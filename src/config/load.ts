import { completeConfig } from "./complete.ts";
import type { Config } from "./config.ts";
import type { OverlaySources } from "./overlay.ts";
import { nothingRead } from "./read.ts";
import { readYaml } from "./read-yaml.ts";

/** Where a configuration comes from; the later of file, environment and flags wins. Nothing is read from disk here. */
export interface ConfigSources extends OverlaySources {
  readonly file?: { readonly name: string; readonly text: string } | undefined;
}

/** A complete configuration, or PortolanError `invalid` that tells every mistake at once (`details.mistakes`). */
export function loadConfig({ file, ...over }: ConfigSources = {}): Config {
  return completeConfig(file === undefined ? nothingRead : readYaml(file.text), file?.name, over);
}
