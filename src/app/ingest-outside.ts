import { PortolanError } from "../base/errors.ts";
import { newId } from "../base/id.ts";
import type { CoverageArea } from "../model/coverage.ts";
import type { Host } from "../model/host.ts";
import { hostBehind } from "../model/outside-look.ts";
import type { IntakeBatch } from "../model/intake.ts";
import type { Changes } from "../store/store.ts";
import { apply, countKinds, readBatch, store, type Ingested } from "./ingest.ts";
import { mayTell } from "./scan-lease.ts";
import type { Moment } from "./thread-messages.ts";
import type { WriteContext } from "./write-context.ts";

export interface OutsideRequest {
  /** Name of the scan node, from its credential. */
  readonly node: string;
  readonly body: Uint8Array;
}

/**
 * What a scan node saw of one address. Its run is the batch's run, and the address must belong to it. The look joins
 * the host that has the address; an address that nobody has becomes a host by itself once something is open there.
 */
export async function ingestOutside(
  context: WriteContext,
  { node, body }: OutsideRequest,
  moment: Moment,
): Promise<Ingested> {
  const { batch, bodyHash } = readBatch(body);
  const address = addressOf(batch, node);
  return store(context, moment, async (changes) => {
    if (!(await mayTell(context, changes, { node, runId: batch.runId, address }))) {
      throw new PortolanError("forbidden", `No scan of this node asks for ${address}.`, {
        details: { address, runId: batch.runId },
      });
    }
    const host = await hostAt(changes, address, {
      create: batch.look.listeners.length > 0,
      nowMs: moment.nowMs,
    });
    if (host === undefined) return { ingested: nothingThere(batch), sourceId: null };
    return apply(context, changes, { host, batch, bodyHash, moment });
  });
}

/** The one address that the batch is about; `invalid` when it speaks of more, or of what no packet can show. */
function addressOf({ source, host, look }: IntakeBatch, node: string): string {
  const [address, ...others] = host.addresses;
  const wrong = (problem: string): PortolanError =>
    new PortolanError("invalid", `The batch is not understood: ${problem}`);
  if (source.kind !== "scanner" || look.view !== "outside" || look.basis !== "full") {
    throw wrong("a scan node tells full looks from outside");
  }
  if (look.vantage !== node) throw wrong("the vantage is not the node of this token");
  if (address === undefined || others.length > 0) throw wrong("one address each");
  const own = ({ addresses, networkNamespaces }: CoverageArea): boolean =>
    addresses !== "any" &&
    addresses.length === 1 &&
    addresses[0] === address &&
    networkNamespaces !== "any" &&
    networkNamespaces.every((name) => name === null);
  if (!look.coverage.every(own)) throw wrong("the coverage is not of this address alone");
  const strange = look.listeners.some(
    (listener) =>
      listener.address !== address ||
      listener.networkNamespace !== null ||
      listener.interface !== null ||
      listener.processes.length > 0,
  );
  if (strange) throw wrong("an endpoint is not of this address, or names what nobody sees from outside");
  return address;
}

/**
 * The host that has the address. One that several have (a bridge's own, a network behind another) says nothing about
 * any of them and stands by itself; that row leaves once one host alone has the address.
 */
export async function hostAt(
  changes: Changes,
  address: string,
  { create, nowMs }: { readonly create: boolean; readonly nowMs: number },
): Promise<Host | undefined> {
  const hosts = await changes.hostsByAddress(address);
  const itself = hosts.find(({ machineId, hostname }) => machineId === null && hostname === address);
  const owners = hosts.filter((host) => host !== itself);
  const [owner] = owners;
  if (owner !== undefined && owners.length === 1) {
    if (itself !== undefined) await changes.saveHost({ ...itself, retiredAtMs: nowMs });
    return owner;
  }
  if (itself !== undefined || !create) return itself;
  const host: Host = {
    ...hostBehind(address),
    id: newId(),
    labels: {},
    firstSeenMs: nowMs,
    retiredAtMs: null,
  };
  await changes.saveHost(host);
  return host;
}

function nothingThere({ batchId }: IntakeBatch): Ingested {
  return {
    hostId: null,
    answer: { batchId, replayed: false, events: 0, lookAgainInMs: null, verify: [] },
    kinds: countKinds([]),
  };
}
