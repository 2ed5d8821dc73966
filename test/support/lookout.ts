import { newId } from "../../src/base/id.ts";
import type { IntakeBatch } from "../../src/model/intake.ts";
import type { Listener } from "../../src/model/listener.ts";
import type { HostIdentity, Look } from "../../src/model/look.ts";
import { fullCoverage } from "./listener.ts";

/** A host as it tells of itself. */
export function hostNamed(hostname: string): HostIdentity {
  return { hostname, machineId: null, addresses: ["198.18.0.1"], operatingSystem: "Debian GNU/Linux 12" };
}

/** A whole look at nothing; `more` says otherwise. */
export function aLook(more: Partial<Look> = {}): Look {
  const nowMs = Date.now();
  return {
    view: "inside",
    vantage: null,
    basis: "full",
    revision: 1,
    baseRevision: 0,
    startedAtMs: nowMs,
    endedAtMs: nowMs,
    coverage: fullCoverage,
    listeners: [],
    gone: [],
    limits: [],
    ...more,
  };
}

/** The first batch of an agent that sees nothing; arguments say otherwise. */
export function aBatch(look: Partial<Look> = {}, more: Partial<Omit<IntakeBatch, "look">> = {}): IntakeBatch {
  return {
    batchId: newId(),
    runId: newId(),
    sequence: 1,
    source: { kind: "agent", version: "0.0.0-test" },
    host: hostNamed("harbour-1"),
    look: aLook(look),
    ...more,
  };
}

/** One source that looks again and again: it numbers its batches and revisions as an agent does. */
export class Lookout {
  readonly runId = newId();
  readonly host: HostIdentity;
  #sequence = 0;
  #revision = 0;

  constructor(host: HostIdentity = hostNamed("harbour-1")) {
    this.host = host;
  }

  full(listeners: readonly Listener[], more: Partial<Look> = {}): IntakeBatch {
    return this.batch({ basis: "full", listeners, ...more });
  }

  delta(listeners: readonly Listener[], gone: readonly string[] = []): IntakeBatch {
    return this.batch({ basis: "delta", listeners, gone });
  }

  same(): IntakeBatch {
    return this.batch({ basis: "same" });
  }

  batch(look: Partial<Look> & Pick<Look, "basis">): IntakeBatch {
    const before = this.#revision;
    if (look.basis !== "same") this.#revision += 1;
    this.#sequence += 1;
    const revisions = { revision: this.#revision, baseRevision: look.basis === "full" ? 0 : before };
    const numbers = { runId: this.runId, sequence: this.#sequence, host: this.host };
    return aBatch({ ...revisions, ...look }, numbers);
  }
}
