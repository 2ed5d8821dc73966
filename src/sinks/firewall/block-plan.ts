// What: whether an address or prefix may be blocked on a host, and what that would cut; decides, and does nothing.
// Idea: what must never be blocked is known before anything may be: without our own addresses and the server's there
//   is no plan at all. The server decides by this, and the agent again by what it sees itself.
// Trap: a flood "from" the gateway or the monitor is how a firewall is made to do the attacker's work. What a verdict
//   names is blocked only where handshakes were completed, and where nobody known is in the way.
// Source: nftables sets with timeout; ARCHITECTURE.md, "Blocking".

import {
  type Block,
  type BlockAction,
  blockActions,
  type BlockDecision,
  type BlockPreview,
  type BlockRefusal,
  type BlockRequest,
  type BlockWarning,
  type BootTime,
  type CurrentConnection,
  type NeverBlock,
  type NeverBlockKind,
} from "../../model/block.ts";
import { blockOf, type BlockTarget, holds, overlap, targetOf } from "./block-target.ts";

/** All that a decision depends on. */
export interface BlockScene {
  readonly now: BootTime;
  readonly neverBlock: readonly NeverBlock[];
  readonly connections: readonly CurrentConnection[];
  /** Addresses that were seen before and behaved. */
  readonly knownGood: readonly string[];
  /** As they were made, also those that have ended. */
  readonly blocks: readonly Block[];
  /** Local ports that somebody listens on: what is connected to another one was opened by us. */
  readonly listening: ReadonlySet<number>;
}

export const durationMsMin = 10_000;
export const durationMsMax = 86_400_000;
export const blocksPerHourMax = 20;
export const blocksInForceMax = 500;
const previewRowsMax = 100;
const sshPort = 22;
const hourMs = 3_600_000;
/** Nothing is blocked while one of these is not known. */
const neededKinds: readonly NeverBlockKind[] = ["own-address", "server"];
/** Of what a verdict names, this part has completed a handshake. */
const completedShare = 0.5;

/** O(connections + knownGood + blocks). Takes any text and number. */
export function planBlock(request: BlockRequest, scene: BlockScene): BlockDecision {
  const target = targetOf(request.target);
  if ("code" in target) return refused(target);
  const action = blockActions.find((one) => one === request.action);
  if (!action) return refused({ code: "action-unknown" });
  const early =
    durationRefusal(request) ?? clockRefusal(scene) ?? protectionRefusal(target, scene.neverBlock);
  if (early) return refused(early);
  const preview = previewOf(target, scene);
  const { now } = scene;
  const untilMs = now.ms + request.durationMs;
  const standing = blocksInForce(scene.blocks, now);
  const lasting = standing.find((block) => covers(block, target, action) && block.untilMs >= untilMs);
  if (lasting) return { outcome: "in-force", by: lasting };
  const block: Block = { target: target.text, action, by: request.by, since: now, untilMs };
  const replaced = standing.filter((one) => isReplaced(one, block, target));
  const late =
    peersRefusal(request, target, scene, preview) ??
    overlapRefusal(standing, replaced, target, action, now) ??
    countRefusal(scene, standing.length - replaced.length);
  if (late) return refused(late, preview);
  return { outcome: "plan", block, replaces: replaced, preview };
}

const refused = (refusal: BlockRefusal, preview: BlockPreview | null = null): BlockDecision => ({
  outcome: "refused",
  refusal,
  preview,
});

function durationRefusal({ durationMs }: BlockRequest): BlockRefusal | undefined {
  const fits = durationMs >= durationMsMin && durationMs <= durationMsMax;
  return fits ? undefined : { code: "duration", minMs: durationMsMin, maxMs: durationMsMax };
}

function clockRefusal({ now }: BlockScene): BlockRefusal | undefined {
  return Number.isFinite(now.ms) && now.ms >= 0 && now.bootId !== ""
    ? undefined
    : { code: "clock-unreadable" };
}

/** One unreadable entry and nothing is blocked: it might have been this one. */
function protectionRefusal(
  { block }: BlockTarget,
  neverBlock: readonly NeverBlock[],
): BlockRefusal | undefined {
  const missing = neededKinds.filter((kind) => !neverBlock.some((one) => one.kind === kind));
  if (missing.length > 0) return { code: "never-block-incomplete", missing };
  let found: BlockRefusal | undefined;
  for (const { target, kind } of neverBlock) {
    // A gateway may be `fe80::1%eth0`.
    const protectedBlock = blockOf(target.replace(/%.*$/, ""));
    if (!protectedBlock) return { code: "never-block-unreadable", target };
    if (overlap(protectedBlock, block)) found ??= { code: "never-block", kind, target };
  }
  return found;
}

const waiting: ReadonlySet<string> = new Set(["SYN-RECEIVED", "SYN-SENT", "LISTEN", "CLOSED"]);
const isCompleted = ({ state }: CurrentConnection): boolean => !waiting.has(state);

function previewOf(target: BlockTarget, { connections, knownGood, listening }: BlockScene): BlockPreview {
  const cut = connections.filter(({ remote }) => liesIn(remote, target));
  const peers = [...new Set(knownGood)].filter((remote) => liesIn(remote, target));
  const warnings: BlockWarning[] = [];
  if (cut.length === 0) warnings.push("not-connected");
  else if (!cut.some(isCompleted)) warnings.push("may-be-forged");
  if (cut.some((one) => isCompleted(one) && (one.process === "sshd" || one.localPort === sshPort))) {
    warnings.push("ssh-session");
  }
  if (cut.some(({ localPort }) => !listening.has(localPort))) warnings.push("own-connections");
  return {
    connections: cut.slice(0, previewRowsMax),
    connectionCount: cut.length,
    knownGood: peers.slice(0, previewRowsMax),
    knownGoodCount: peers.length,
    warnings,
  };
}

function liesIn(remote: string, { block }: BlockTarget): boolean {
  const address = blockOf(remote);
  return address !== undefined && holds(block, address);
}

/** What a person named may be anything but protected; what a verdict named must be real, and nobody we know. */
function peersRefusal(
  { origin, acceptedPeers }: BlockRequest,
  target: BlockTarget,
  { connections }: BlockScene,
  { knownGoodCount }: BlockPreview,
): BlockRefusal | undefined {
  const accepted = origin === "operator" && acceptedPeers > 0 ? acceptedPeers : 0;
  if (knownGoodCount > accepted) return { code: "known-good", peers: knownGoodCount, accepted };
  if (origin === "operator") return undefined;
  const seen = new Map<string, boolean>();
  for (const connection of connections) {
    const { remote } = connection;
    if (liesIn(remote, target)) seen.set(remote, (seen.get(remote) ?? false) || isCompleted(connection));
  }
  const completed = [...seen.values()].filter(Boolean).length;
  return completed > 0 && completed >= completedShare * seen.size
    ? undefined
    : { code: "no-handshake", seen: seen.size, completed };
}

/** Addresses and prefixes stand in sets of their own, and so do the two actions: only like meets like. */
const isPrefix = (target: string): boolean => target.includes("/");

function covers({ target, action }: Block, wanted: BlockTarget, wantedAction: BlockAction): boolean {
  const block = blockOf(target);
  return action === wantedAction && block !== undefined && holds(block, wanted.block);
}

/** The same target, whatever its action; or a prefix in this prefix that ends no later. */
function isReplaced(one: Block, { target, action, untilMs }: Block, wanted: BlockTarget): boolean {
  if (one.target === target) return true;
  const block = blockOf(one.target);
  return (
    one.action === action &&
    isPrefix(target) &&
    isPrefix(one.target) &&
    one.untilMs <= untilMs &&
    block !== undefined &&
    holds(wanted.block, block)
  );
}

/** Two prefixes of one set must not overlap: the kernel refuses, and whose time would hold? */
function overlapRefusal(
  standing: readonly Block[],
  replaced: readonly Block[],
  { block, text }: BlockTarget,
  action: BlockAction,
  now: BootTime,
): BlockRefusal | undefined {
  if (!isPrefix(text)) return undefined;
  const other = standing.find((one) => {
    const standingBlock = blockOf(one.target);
    const isAlike = one.action === action && isPrefix(one.target) && !replaced.includes(one);
    return isAlike && standingBlock !== undefined && overlap(standingBlock, block);
  });
  return other && { code: "overlaps", target: other.target, leftMs: leftMs(other, now) };
}

function countRefusal({ blocks, now }: BlockScene, standingCount: number): BlockRefusal | undefined {
  if (standingCount >= blocksInForceMax) return { code: "too-many-in-force", max: blocksInForceMax };
  const recent = blocks
    .filter(({ since }) => since.bootId === now.bootId && since.ms > now.ms - hourMs)
    .map(({ since }) => since.ms)
    .sort((a, b) => a - b);
  if (recent.length < blocksPerHourMax) return undefined;
  const freeAtMs = (recent.at(-blocksPerHourMax) ?? now.ms) + hourMs;
  return { code: "too-many-an-hour", max: blocksPerHourMax, againInMs: Math.max(1, freeAtMs - now.ms) };
}

/** Milliseconds until it ends; 0: it has ended, or the host was started again and has forgotten it. */
export function leftMs({ since, untilMs }: Block, now: BootTime): number {
  // Time since the start of a host only grows: what begins in the future belongs to another start.
  if (since.bootId !== now.bootId || since.ms > now.ms) return 0;
  const left = untilMs - now.ms;
  return left > 0 ? Math.min(left, durationMsMax) : 0;
}

/** Of several for one target the last one made counts. */
export function blocksInForce(blocks: readonly Block[], now: BootTime): Block[] {
  const byTarget = new Map<string, Block>();
  for (const block of blocks) if (leftMs(block, now) > 0) byTarget.set(block.target, block);
  return [...byTarget.values()];
}
