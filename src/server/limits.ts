import type { Config } from "../config/config.ts";
import { configDefaults } from "../config/defaults.ts";
import { intakeBytesMax } from "../model/intake.ts";

type ConfiguredLimits = Config["limits"];

/** Every bound of what a client may make the server do, the configurable ones and the others. Tests give smaller ones. */
export interface Limits extends ConfiguredLimits {
  /** Of a look's body, as sent and inflated. */
  readonly intakeBytes: number;
  /** Of any other body. */
  readonly bodyBytes: number;
  readonly headerBytes: number;
  readonly headers: number;
  readonly urlCharacters: number;
  readonly connections: number;
  /** From the opened connection to the last header. */
  readonly headersMs: number;
  /** From the opened connection to the last byte of the body. */
  readonly requestMs: number;
  readonly keepAliveMs: number;
  /** Requests to the API without a valid session or token, per peer. */
  readonly strangerRequestsPerMinute: number;
  /** Peers that `strangerRequestsPerMinute` remembers. */
  readonly strangersRemembered: number;
  readonly streamsPerCaller: number;
  /** Bytes that a slow reader of a stream may be behind before it is cut. */
  readonly streamBufferBytes: number;
  readonly heartbeatMs: number;
  /** How often a stream's session or token is asked for again. */
  readonly recheckMs: number;
  readonly exportsAtOnce: number;
  /** How long a closing server waits for requests that run. */
  readonly drainMs: number;
}

export const defaultLimits: Limits = {
  ...configDefaults.limits,
  intakeBytes: intakeBytesMax,
  bodyBytes: 64 * 1024,
  headerBytes: 16 * 1024,
  headers: 100,
  urlCharacters: 4_096,
  connections: 8_192,
  headersMs: 10_000,
  requestMs: 60_000,
  keepAliveMs: 75_000,
  strangerRequestsPerMinute: 600,
  strangersRemembered: 10_000,
  streamsPerCaller: 20,
  streamBufferBytes: 64 * 1024,
  heartbeatMs: 15_000,
  recheckMs: 2_000,
  exportsAtOnce: 4,
  drainMs: 10_000,
};
