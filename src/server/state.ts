import type { FastifyBaseLogger } from "fastify";
import type { Application } from "../app/application.ts";
import type { Clock } from "../base/clock.ts";
import type { Config } from "../config/config.ts";
import type { ChangeStreams } from "./change-streams.ts";
import type { Gate } from "./gate.ts";
import type { Limits } from "./limits.ts";
import type { LoopWatch } from "./loop-watch.ts";

export interface ServerOptions {
  readonly app: Application;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  /** How browsers reach the server when it stands behind a proxy: `https://ports.example.org`. */
  readonly publicUrl: string | null;
  /** Further names that a request's Host may bear. */
  readonly hostNames: readonly string[];
  /** Addresses and CIDR prefixes whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[];
  /** The built UI; null: the API alone. */
  readonly webFolder: string | null;
  readonly limits?: Partial<Limits> | undefined;
  /** What is said to people who join other systems; absent: nothing is configured, and we are found by our name. */
  readonly setUp?: Omit<SetUp, "publicUrl">;
}

interface SetUp {
  /** Path of our command. */
  readonly program: string;
  readonly publicUrl: string | null;
  readonly zabbix: Config["zabbix"];
}

/** What a handler may use. */
export interface Server {
  readonly app: Application;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  readonly limits: Limits;
  /** Cookies only over TLS. */
  readonly secureCookies: boolean;
  readonly streams: ChangeStreams;
  readonly loop: LoopWatch;
  readonly setUp: SetUp;
  readonly exports: Gate;
  /** The OpenAPI document, made when it is first asked for. */
  readonly description: () => Promise<Readonly<Record<string, unknown>>>;
  /** True from the moment that the server was told to close. */
  readonly closing: () => boolean;
}
