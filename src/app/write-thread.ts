import { workerData } from "node:worker_threads";
import type { StoreLocation } from "../store/location.ts";
import { openWriter } from "../store/open.ts";
import { commands } from "./commands.ts";
import type { Settings } from "./settings.ts";
import { letOthersFirst } from "./thread-priority.ts";
import { serveCalls } from "./thread-side.ts";
import { writeContext } from "./write-context.ts";

const { location, settings } = workerData as {
  readonly location: StoreLocation;
  readonly settings: Settings;
};

letOthersFirst();
serveCalls(
  async () => writeContext(await openWriter(location, { checked: true }), settings),
  commands,
  ({ writer }) => writer.close(),
);
