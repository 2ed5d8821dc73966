import type { Host } from "../model/host.ts";
import type { HostIdentity } from "../model/look.ts";
import type { Writer } from "../store/store.ts";
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
