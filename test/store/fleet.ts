import type { IntakeBatch } from "../../src/model/intake.ts";
import type { Listener } from "../../src/model/listener.ts";
import type { HostIdentity } from "../../src/model/look.ts";
import { listener as aListener, process } from "../support/listener.ts";
import { Lookout } from "../support/lookout.ts";

/** Hosts and listeners as a company has them, the same ones at every run. */

const programs = [
  ["nginx", "/usr/sbin/nginx", "www-data", "nginx.service"],
  ["sshd", "/usr/sbin/sshd", "root", "ssh.service"],
  ["redis-server", "/usr/bin/redis-server", "redis", "redis.service"],
  ["postgres", "/usr/lib/postgresql/15/bin/postgres", "postgres", "postgresql.service"],
  ["java", "/usr/lib/jvm/java-17/bin/java", "app", "orders.service"],
  ["node", "/usr/bin/node", "app", "api.service"],
  ["python3", "/usr/bin/python3.11", "app", "worker.service"],
  ["mysqld", "/usr/sbin/mysqld", "mysql", "mysql.service"],
  ["haproxy", "/usr/sbin/haproxy", "haproxy", "haproxy.service"],
  ["memcached", "/usr/bin/memcached", "memcache", "memcached.service"],
] as const;

export function identity(host: number): HostIdentity {
  return {
    hostname: `host-${String(host).padStart(5, "0")}.example.com`,
    machineId: host.toString(16).padStart(32, "0"),
    addresses: [`198.18.${host >> 8}.${host & 255}`],
    operatingSystem: "Debian GNU/Linux 12 (bookworm)",
  };
}

/** The `index`-th listener of a host; another `generation` is another program on the same endpoint. */
export function listener(host: number, index: number, generation = 0): Listener {
  const [name, executablePath, user, unit] =
    programs[(host + index + generation) % programs.length] ?? programs[0];
  const address = ["0.0.0.0", "127.0.0.1", "::", `198.18.${host >> 8}.${host & 255}`][index % 4] ?? "0.0.0.0";
  const holder = process(1_000 + index, name, {
    executablePath,
    commandLine: `${executablePath} --config /etc/${name}/${name}-${index}.conf --instance ${index}`,
    startTimeMs: 1_790_000_000_000 + index,
    user,
    unit,
  });
  const port = 1 + ((index * 61 + host * 7) % 65_000);
  return aListener({ transport: index % 10 === 9 ? "udp" : "tcp", address, port }, [holder]);
}

export function listeners(host: number, count: number): Listener[] {
  return Array.from({ length: count }, (_, index) => listener(host, index));
}

/** A TCP listener of its own per number: one more of them is one event, at once. */
export function fresh(host: number, number: number): Listener {
  return { ...listener(host, 0), port: 1_000 + number };
}

export const fleetAgent = (host: number): Lookout => new Lookout(identity(host));

export const bytesOf = (batch: IntakeBatch): Uint8Array => Buffer.from(JSON.stringify(batch));
