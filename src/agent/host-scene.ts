import { addressBytes, addressFromBytes } from "../base/ip.ts";
import type { CurrentConnection, NeverBlock } from "../model/block.ts";
import type { Listener } from "../model/listener.ts";
import type { Process } from "../model/process.ts";
import { openHolderSearch } from "../sources/host/socket-holders.ts";
import { listSockets } from "../sources/host/socket-list.ts";
import type { SocketRow } from "../sources/host/socket-row.ts";
import { vitalAddresses } from "../sources/host/vital-addresses.ts";
import { blockOf, holds, targetOf } from "../sinks/firewall/block-target.ts";
import type { BlockDeskOptions, HostScene } from "./block-desk.ts";

interface HostSceneOptions {
  /** As of the last look. */
  readonly listeners: () => readonly Listener[];
  /** The addresses by which the server answers. */
  readonly servers: () => readonly string[];
  /** Configured for this host. */
  readonly never: readonly string[];
  readonly ffi: boolean;
}

/** Connections that one decision looks at; beyond it they are cut all the same. */
const connectionsMax = 20_000;
const sshPort = 22;
const everything = { states: null, udp: true, ports: null } as const;

/** What this host sees at this moment, with what the order brings. */
export function hostScene({ listeners, servers, never, ffi }: HostSceneOptions): BlockDeskOptions["scene"] {
  return async ({ request, never: ordered, knownGood }): Promise<HostScene> => {
    const target = targetOf(request.target);
    const listening = listeners().filter(({ networkNamespace }) => networkNamespace === null);
    const sshPorts = new Set(listening.filter(isSsh).map(({ port }) => port)).add(sshPort);
    const isInTarget = ({ remoteAddress }: SocketRow): boolean => {
      const remote = remoteAddress === null ? undefined : blockOf(remoteAddress);
      return remote !== undefined && "block" in target && holds(target.block, remote);
    };
    const isLogin = ({ state, port, transport }: SocketRow): boolean =>
      transport === "tcp" && state === "ESTABLISHED" && sshPorts.has(port);
    const { rows } = await listSockets(everything, {
      ffi,
      isWanted: (row) => row.remoteAddress !== null && (isLogin(row) || isInTarget(row)),
      rowsMax: connectionsMax,
    });
    const find = await openHolderSearch({ ffi });
    const { holders } = find(rows.map(({ inode }) => inode ?? 0));
    const logins = rows.filter((row) => isLogin(row) && isLoggedIn(holders.get(row.inode ?? 0)));
    return {
      neverBlock: [
        ...vitalAddresses(),
        ...as("server", servers()),
        ...as("admin-connection", new Set(logins.flatMap(({ remoteAddress }) => remoteAddress ?? []))),
        ...as("listed", never),
        ...ordered,
      ],
      connections: rows.filter(isInTarget).map((row) => connectionOf(row, holders)),
      knownGood,
      listening: new Set(listening.map(({ port }) => port)),
    };
  };
}

const as = (kind: NeverBlock["kind"], targets: Iterable<string>): NeverBlock[] =>
  [...targets].map((target) => ({ target, kind }));

const isSsh = ({ transport, processes }: Listener): boolean =>
  transport === "tcp" && processes.some(({ name }) => name.startsWith("sshd"));

/** Whoever knocks is no login yet, as sshd says in its title. Where that cannot be read, every connection is one. */
const isLoggedIn = (holder: Process | undefined): boolean =>
  holder === undefined || !/^sshd.*(?:unknown|\[accepted\]|\[preauth\]|\[net\])/.test(holder.name);

function connectionOf(row: SocketRow, holders: ReadonlyMap<number, Process>): CurrentConnection {
  const bytes = addressBytes(row.remoteAddress ?? "");
  return {
    // A socket of both families has its IPv4 peers mapped.
    remote: bytes === undefined ? "" : addressFromBytes(bytes),
    remotePort: row.remotePort ?? 0,
    localPort: row.port,
    state: row.state,
    process: holders.get(row.inode ?? 0)?.name ?? null,
  };
}
