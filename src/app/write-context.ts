import { indexRules } from "../detect/judge.ts";
import type { Retention, Writer } from "../store/store.ts";
import type { ConnectionPolicy } from "../detect/connections/situation.ts";
import type { Scope } from "../sources/scan/scope.ts";
import { clockSteps } from "./clock-steps.ts";
import { connectionMemories, type ConnectionMemories } from "./connection-memories.ts";
import type { IngestContext } from "./ingest.ts";
import { declaredScope } from "./scan-scope.ts";
import { ignoreRulesName, type Settings } from "./settings.ts";

/** What every write works with. Settings are taken over as a whole, between two commands. */
export interface WriteContext extends IngestContext {
  readonly retention: Retention;
  readonly scope: Scope;
  readonly connectionPolicy: ConnectionPolicy;
  readonly memories: ConnectionMemories;
  /** Of scans that a node works on, whether an address belongs to them. */
  readonly leased: Map<string, (address: string) => boolean>;
  configure(settings: Settings): void;
}

/** Slices stay so small that a waiting batch hardly notices. */
const sliceRows = 2_000;
/** Ended sessions are of no use to anybody; a day lets a person find out why. */
const sessionsMs = 86_400_000;

function fromSettings({ detect, connections, scan, retention, rules }: Settings) {
  const { eventsMs, historyMs, evidenceMs, auditMs } = retention;
  return {
    policy: detect,
    scope: declaredScope(scan),
    connectionPolicy: connections,
    leased: new Map<string, (address: string) => boolean>(),
    rules: indexRules(rules),
    ignoreRules: ignoreRulesName(rules),
    retention: { eventsMs, intervalsMs: historyMs, evidenceMs, sessionsMs, auditMs, sliceRows },
  };
}

export function writeContext(writer: Writer, settings: Settings): WriteContext {
  const context = {
    ...fromSettings(settings),
    writer,
    clockSteps: clockSteps(),
    memories: connectionMemories(),
    configure: (next: Settings): void => void Object.assign(context, fromSettings(next)),
  };
  return context;
}

export async function configure(context: WriteContext, settings: Settings): Promise<void> {
  context.configure(settings);
}
