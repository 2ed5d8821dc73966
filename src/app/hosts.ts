import { PortolanError } from "../base/errors.ts";
import type { Host } from "../model/host.ts";
import type { HostIdentity } from "../model/look.ts";
import type { Changes, Writer } from "../store/store.ts";
import type { Actor } from "./account-book.ts";
import type { Moment } from "./thread-messages.ts";

interface EnrolRequest {
  readonly actor: Actor;
  readonly identity: HostIdentity;
  readonly secretHash: string;
  /** For a host that is not known yet, and for the token: given, so that being told twice changes nothing. */
  readonly hostId: string;
  readonly tokenId: string;
}

/**
 * A host row and the hash of a fresh intake token for it. The same machine id again is the same host: its tokens from
 * before are revoked, so that a re-installed agent leaves no second key behind. The id of the host.
 */
export async function enrol(
  { writer }: { readonly writer: Writer },
  request: EnrolRequest,
  moment: Moment,
): Promise<string> {
  const { actor, identity, secretHash } = request;
  const { nowMs } = moment;
  return writer.transaction({ durable: true }, async (changes) => {
    const done = await changes.token(request.tokenId);
    if (done !== undefined && done.hostId !== null) return done.hostId;
    const known = identity.machineId === null ? undefined : await changes.hostByMachine(identity.machineId);
    const host: Host = {
      ...identity,
      id: known?.id ?? request.hostId,
      labels: known?.labels ?? {},
      firstSeenMs: known?.firstSeenMs ?? nowMs,
      retiredAtMs: null,
    };
    await changes.saveHost(host);
    await changes.revokeHostTokens(host.id, nowMs);
    const token = {
      id: request.tokenId,
      name: identity.hostname,
      scope: "intake",
      hostId: host.id,
      createdBy: actor,
      createdAtMs: nowMs,
      expiresAtMs: null,
      lastUsedAtMs: null,
      revokedAtMs: null,
    } as const;
    await changes.addToken(token, secretHash);
    const details = { hostname: identity.hostname, tokenId: token.id };
    await changes.appendAudit({
      atMs: nowMs,
      actor,
      action: "host.enrol",
      target: `host:${host.id}`,
      outcome: "done",
      details,
    });
    return host.id;
  });
}

/** Whom a token speaks of, and nobody else; `not-found` when that host has left. */
export async function hostOfToken(changes: Changes, hostId: string): Promise<Host> {
  const host = await changes.host(hostId);
  if (host !== undefined && host.retiredAtMs === null) return host;
  throw new PortolanError("not-found", "The host of this token is not known here any more.", {
    details: { hostId },
  });
}

/** The token decides which host it is; what the host says of itself only describes it. */
export async function updateIdentity(changes: Changes, host: Host, said: HostIdentity): Promise<Host> {
  const same =
    host.hostname === said.hostname &&
    host.machineId === said.machineId &&
    host.operatingSystem === said.operatingSystem &&
    host.addresses.length === said.addresses.length &&
    host.addresses.every((address, index) => address === said.addresses[index]);
  if (same) return host;
  const { hostname, machineId, addresses, operatingSystem } = said;
  const updated = { ...host, hostname, machineId, addresses, operatingSystem };
  await changes.saveHost(updated);
  return updated;
}
