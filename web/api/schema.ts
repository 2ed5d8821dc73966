// Written by scripts/api-types.ts from the API's description. Do not edit.

/**
 * About a port, or, with `trouble`, about connections.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventRow".
 */
export type EventRow = PortEventRow | TroubleEventRow;
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventReason".
 */
export type EventReason =
  | {
      code: "first-seen-where-looked-before";
      sightings: number;
    }
  | {
      code: "back-after-look-back";
      downForMs: number;
      lookBackMs: number;
    }
  | {
      code: "not-seen";
      misses: number;
      spanMs: number;
    }
  | {
      code: "back-within-look-back";
      downForMs: number;
      lookBackMs: number;
    }
  | {
      code: "owner-differs";
      downForMs: number;
    }
  | {
      code: "owner-joined";
    }
  | {
      code: "owner-left";
    };
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ConnectionReason".
 */
export type ConnectionReason =
  | {
      code: "half-open";
      count: number;
      /**
       * null: nothing was learned yet
       */
      usual: number | null;
    }
  | {
      code: "handshake-lasts";
      ms: number;
      /**
       * null: nothing was learned yet
       */
      usualMs: number | null;
    }
  | {
      code: "half-open-share";
      perMille: number;
      /**
       * null: nothing was learned yet
       */
      usualPerMille: number | null;
    }
  | {
      code: "cookies";
      sentPerSecond: number;
      returnedPerSecond: number;
    }
  | {
      code: "syns-dropped";
      perSecond: number;
    }
  | {
      code: "few-sources";
      sources: number;
      halfOpen: number;
    }
  | {
      code: "many-sources";
      sources: number;
      halfOpen: number;
    }
  | {
      code: "source-connections";
      source: string;
      count: number;
      /**
       * null: nothing was learned yet
       */
      usual: number | null;
    }
  | {
      code: "stranger";
      source: string;
    }
  | {
      code: "queue";
      port: number;
      waiting: number;
      max: number;
    }
  | {
      code: "overflows";
      perSecond: number;
    }
  | {
      code: "conntrack";
      count: number;
      max: number;
    }
  | {
      code: "close-wait";
      count: number;
      /**
       * null: nothing was learned yet
       */
      usual: number | null;
      forMs: number;
    }
  | {
      code: "close-wait-grows";
      from: number;
      to: number;
      hours: number;
    }
  | {
      code: "time-wait";
      count: number;
      /**
       * null: nothing was learned yet
       */
      usual: number | null;
    }
  | {
      code: "ports-used";
      used: number;
      size: number;
    }
  | {
      code: "tried";
      remotes: number;
      /**
       * null: nothing was learned yet
       */
      usual: number | null;
    }
  | {
      code: "nothing-learned";
      watchedMs: number;
    };
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "OddReason".
 */
export type OddReason =
  | {
      code: "half-open-share";
      halfOpen: number;
      sockets: number;
    }
  | {
      code: "above-own-past";
      count: number;
      usual: number;
    }
  | {
      code: "above-strangers";
      count: number;
      usual: number;
    }
  | {
      code: "many-ports";
      ports: number;
    }
  | {
      code: "spread";
      count: number;
    }
  | {
      code: "never-seen";
    };

/**
 * Every call of the API by its name.
 */
export interface Operations {
  /**
   * What is open, what changed, what we are blind to
   */
  readOverview: {
    method: "GET";
    path: "/api/v1/overview";
    answer: Overview;
  };
  /**
   * Ports that are open, or were, with their owners
   */
  listPorts: {
    method: "GET";
    path: "/api/v1/ports";
    query: {
      q?: string;
      state?: "up" | "down";
      transport?: "tcp" | "udp" | "sctp";
      scope?: "loopback" | "address" | "all";
      host?: string;
      port?: string;
      owner?: string;
      risk?: "high";
      at?: number;
      sort?:
        | "port"
        | "-port"
        | "address"
        | "-address"
        | "host"
        | "-host"
        | "process"
        | "-process"
        | "user"
        | "-user"
        | "unit"
        | "-unit"
        | "scope"
        | "-scope"
        | "transport"
        | "-transport"
        | "since"
        | "-since"
        | "lastChange"
        | "-lastChange";
      limit?: number;
      cursor?: string;
      offset?: number;
    };
    answer: PortPage;
  };
  /**
   * How many ports each further filter would leave
   */
  countPortFacets: {
    method: "GET";
    path: "/api/v1/ports/facets";
    query: {
      q?: string;
      state?: "up" | "down";
      transport?: "tcp" | "udp" | "sctp";
      scope?: "loopback" | "address" | "all";
      host?: string;
      port?: string;
      owner?: string;
      risk?: "high";
      at?: number;
    };
    answer: PortFacets;
  };
  /**
   * All ports that a filter leaves, as a file
   */
  exportPorts: {
    method: "GET";
    path: "/api/v1/ports/export";
    query: {
      format: "csv" | "json";
      q?: string;
      state?: "up" | "down";
      transport?: "tcp" | "udp" | "sctp";
      scope?: "loopback" | "address" | "all";
      host?: string;
      port?: string;
      owner?: string;
      risk?: "high";
      at?: number;
      sort?:
        | "port"
        | "-port"
        | "address"
        | "-address"
        | "host"
        | "-host"
        | "process"
        | "-process"
        | "user"
        | "-user"
        | "unit"
        | "-unit"
        | "scope"
        | "-scope"
        | "transport"
        | "-transport"
        | "since"
        | "-since"
        | "lastChange"
        | "-lastChange";
    };
    answer: string;
  };
  /**
   * One port: its holders, history and evidence
   */
  readPort: {
    method: "GET";
    path: "/api/v1/ports/{id}";
    params: {
      id: string;
    };
    answer: PortDetail;
  };
  /**
   * What changed, newest first
   */
  listEvents: {
    method: "GET";
    path: "/api/v1/events";
    query: {
      kind?:
        | ("new" | "down" | "recovered" | "changed" | "trouble" | "trouble-worse" | "trouble-over")
        | ("new" | "down" | "recovered" | "changed" | "trouble" | "trouble-worse" | "trouble-over")[];
      host?: string;
      port?: string;
      q?: string;
      risk?: "high";
      from?: number;
      to?: number;
      sort?: "atMs" | "-atMs";
      limit?: number;
      cursor?: string;
      offset?: number;
    };
    answer: EventPage;
  };
  /**
   * How many events of each kind per stretch of time
   */
  countEvents: {
    method: "GET";
    path: "/api/v1/events/histogram";
    query: {
      from: number;
      to: number;
      bucketMs: number;
    };
    answer: EventHistogram;
  };
  /**
   * All events that a filter leaves, as a file
   */
  exportEvents: {
    method: "GET";
    path: "/api/v1/events/export";
    query: {
      format: "csv" | "json";
      kind?:
        | ("new" | "down" | "recovered" | "changed" | "trouble" | "trouble-worse" | "trouble-over")
        | ("new" | "down" | "recovered" | "changed" | "trouble" | "trouble-worse" | "trouble-over")[];
      host?: string;
      port?: string;
      q?: string;
      risk?: "high";
      from?: number;
      to?: number;
      sort?: "atMs" | "-atMs";
    };
    answer: string;
  };
  /**
   * Machines, who looks at them, and when last
   */
  listHosts: {
    method: "GET";
    path: "/api/v1/hosts";
    query: {
      q?: string;
      retired?: "true" | "false";
      sort?: "hostname" | "-hostname" | "firstSeen" | "-firstSeen" | "up" | "-up";
      limit?: number;
      cursor?: string;
      offset?: number;
    };
    answer: HostPage;
  };
  /**
   * One machine
   */
  readHost: {
    method: "GET";
    path: "/api/v1/hosts/{id}";
    params: {
      id: string;
    };
    answer: HostRow;
  };
  /**
   * How many connections there are now, in all and on the busiest hosts
   */
  readConnections: {
    method: "GET";
    path: "/api/v1/connections";
    answer: FleetConnections;
  };
  /**
   * How many connections all hosts had over a span of time
   */
  readConnectionHistory: {
    method: "GET";
    path: "/api/v1/connections/history";
    query: {
      from: number;
      to: number;
      points?: number;
    };
    answer: ConnectionHistory;
  };
  /**
   * What is wrong with connections now, and which addresses are odd, over all hosts
   */
  readFindings: {
    method: "GET";
    path: "/api/v1/connections/findings";
    answer: FleetFindings;
  };
  /**
   * What is wrong with a host's connections now, and which addresses are odd
   */
  readHostFindings: {
    method: "GET";
    path: "/api/v1/hosts/{id}/connections/findings";
    params: {
      id: string;
    };
    answer: HostFindings;
  };
  /**
   * Say that what fires of one kind is normal on this host; refused when nothing of it fires
   */
  acceptVerdict: {
    method: "POST";
    path: "/api/v1/hosts/{id}/connections/accept";
    params: {
      id: string;
    };
    body: {
      kind:
        | "syn-flood"
        | "connection-flood"
        | "close-wait-leak"
        | "time-wait-pile"
        | "port-exhaustion"
        | "syn-sent-fan-out"
        | "listen-overflow";
    };
    answer: null;
  };
  /**
   * A host's connections when it was last heard, by port, remote, prefix and process
   */
  readHostConnections: {
    method: "GET";
    path: "/api/v1/hosts/{id}/connections";
    params: {
      id: string;
    };
    answer: HostConnectionsAnswer;
  };
  /**
   * How many connections a host had over a span of time, and the busiest in it
   */
  readHostConnectionHistory: {
    method: "GET";
    path: "/api/v1/hosts/{id}/connections/history";
    params: {
      id: string;
    };
    query: {
      from: number;
      to: number;
      points?: number;
    };
    answer: ConnectionHistory;
  };
  /**
   * Metrics for Prometheus; as OpenMetrics where Accept asks for it
   */
  readMetrics: {
    method: "GET";
    path: "/metrics";
    answer: null;
  };
  /**
   * Ports that are up and can be reached, for Prometheus' HTTP service discovery
   */
  listScrapeTargets: {
    method: "GET";
    path: "/api/v1/prometheus/targets";
    query: {
      transport?: "tcp" | "udp" | "sctp";
      port?: string;
      process?: string;
      host?: string;
      label?: string;
      risk?: "high";
    };
    answer: TargetGroup[];
  };
  /**
   * What is blocked, on every host that lets itself be asked
   */
  listBlocks: {
    method: "GET";
    path: "/api/v1/blocks";
    answer: {
      hosts: HostBlocks[];
    };
  };
  /**
   * Whether a host can block, what it blocks, and what was ordered of it
   */
  readHostBlocks: {
    method: "GET";
    path: "/api/v1/hosts/{id}/blocks";
    params: {
      id: string;
    };
    answer: {
      now: HostBlocks;
      deeds: BlockDeed[];
    };
  };
  /**
   * Have a host take no packets from an address or prefix for a time; a refusal is an answer
   */
  blockOnHost: {
    method: "POST";
    path: "/api/v1/hosts/{id}/blocks";
    params: {
      id: string;
    };
    body: {
      target: string;
      action?: "drop" | "reject";
      durationMs: number;
      /**
       * verdict: the target was taken from one, and its addresses may be forged
       */
      origin?: "operator" | "verdict";
      /**
       * So many known addresses were shown in the preview, and may be cut
       */
      acceptedPeers?: number;
    };
    answer: BlockDeed;
  };
  /**
   * What a block would cut now, as the host itself sees it; nothing is done
   */
  previewBlock: {
    method: "POST";
    path: "/api/v1/hosts/{id}/blocks/preview";
    params: {
      id: string;
    };
    body: {
      target: string;
      action?: "drop" | "reject";
      durationMs: number;
      /**
       * verdict: the target was taken from one, and its addresses may be forged
       */
      origin?: "operator" | "verdict";
      /**
       * So many known addresses were shown in the preview, and may be cut
       */
      acceptedPeers?: number;
    };
    answer: BlockReport;
  };
  /**
   * End a block
   */
  unblockOnHost: {
    method: "POST";
    path: "/api/v1/hosts/{id}/blocks/lift";
    params: {
      id: string;
    };
    body: {
      target: string;
    };
    answer: BlockDeed;
  };
  /**
   * For an agent: tell what is blocked and what became of orders; answered when there is a new one
   */
  askOrders: {
    method: "POST";
    path: "/api/v1/agent/orders";
    answer: {
      orders: (
        | {
            id: string;
            kind: "preview" | "block";
            request: {
              target: string;
              action: string;
              durationMs: number;
              by: string;
              origin: string;
              acceptedPeers: number;
            };
            never: {
              target: string;
              kind: string;
            }[];
            knownGood: string[];
          }
        | {
            id: string;
            kind: "unblock";
            target: string;
          }
      )[];
    };
  };
  /**
   * What is scanned, how often, and where scanning is allowed at all
   */
  listScanPlans: {
    method: "GET";
    path: "/api/v1/scan-plans";
    answer: ScanPlanList;
  };
  /**
   * Add a plan; refused when a target lies outside of the scope
   */
  createScanPlan: {
    method: "POST";
    path: "/api/v1/scan-plans";
    body: {
      name: string;
      /**
       * @minItems 1
       * @maxItems 1000
       */
      targets: string[];
      /**
       * @maxItems 1000
       */
      exclude?: string[];
      ports: string;
      excludePorts?: string | null;
      engine?: "auto" | "syn" | "connect" | "nmap" | "masscan";
      bandwidth?: string | null;
      missTarget?: number;
      schedule?:
        | {
            kind: "manual";
          }
        | {
            kind: "every";
            minutes: number;
          }
        | {
            kind: "daily";
            at: string;
          };
      window?: {
        from: string;
        to: string;
      } | null;
      enabled?: boolean;
    };
    answer: ScanPlan;
  };
  /**
   * Replace a plan by another; scans under way go on as they were begun
   */
  changeScanPlan: {
    method: "PATCH";
    path: "/api/v1/scan-plans/{id}";
    params: {
      id: string;
    };
    body: {
      name: string;
      /**
       * @minItems 1
       * @maxItems 1000
       */
      targets: string[];
      /**
       * @maxItems 1000
       */
      exclude?: string[];
      ports: string;
      excludePorts?: string | null;
      engine?: "auto" | "syn" | "connect" | "nmap" | "masscan";
      bandwidth?: string | null;
      missTarget?: number;
      schedule?:
        | {
            kind: "manual";
          }
        | {
            kind: "every";
            minutes: number;
          }
        | {
            kind: "daily";
            at: string;
          };
      window?: {
        from: string;
        to: string;
      } | null;
      enabled?: boolean;
    };
    answer: ScanPlan;
  };
  /**
   * Remove a plan; its scans stay
   */
  removeScanPlan: {
    method: "DELETE";
    path: "/api/v1/scan-plans/{id}";
    params: {
      id: string;
    };
    answer: null;
  };
  /**
   * Scan now instead of when it is due
   */
  startScan: {
    method: "POST";
    path: "/api/v1/scan-plans/{id}/scans";
    params: {
      id: string;
    };
    answer: ScanRun;
  };
  /**
   * Scans that are waiting, running or over; newest first
   */
  listScans: {
    method: "GET";
    path: "/api/v1/scans";
    query: {
      planId?: string;
      limit?: number;
      cursor?: string;
    };
    answer: ScanRunPage;
  };
  /**
   * One scan with its course over time and its addresses
   */
  getScan: {
    method: "GET";
    path: "/api/v1/scans/{id}";
    params: {
      id: string;
    };
    answer: ScanRunDetail;
  };
  /**
   * Stop a scan; what it found stays
   */
  stopScan: {
    method: "POST";
    path: "/api/v1/scans/{id}/stop";
    params: {
      id: string;
    };
    answer: ScanRun;
  };
  /**
   * Take in what another scanner saw; the same part again changes nothing
   */
  importScan: {
    method: "POST";
    path: "/api/v1/imports";
    answer: ImportAnswer;
  };
  /**
   * What to paste so that Zabbix gets its figures, with what is configured already
   */
  readZabbixSetUp: {
    method: "GET";
    path: "/api/v1/integrations/zabbix";
    query: {
      host?: string;
      zabbix?: string;
    };
    answer: ZabbixSetUp;
  };
  /**
   * The template for Zabbix 6.0 and newer, to be imported there
   */
  readZabbixTemplate: {
    method: "GET";
    path: "/api/v1/integrations/zabbix/template";
    answer: null;
  };
  /**
   * Hints of change as server-sent events: hello, change, scan, health, session-ended
   */
  followChanges: {
    method: "GET";
    path: "/api/v1/stream";
    answer: null;
  };
  /**
   * Deliver one batch of one source; the same batch again is harmless
   */
  deliverLook: {
    method: "POST";
    path: "/api/v1/intake";
    answer: IntakeAnswer;
  };
  /**
   * Deliver samples of one host's connections; the same samples again are harmless
   */
  deliverConnections: {
    method: "POST";
    path: "/api/v1/intake/connections";
    answer: ConnectionsTaken;
  };
  /**
   * For a scan node: the next scan that is due
   */
  leaseScan: {
    method: "POST";
    path: "/api/v1/scan-node/lease";
    answer: ScanAssignment;
  };
  /**
   * For a scan node: how its scan fares
   */
  reportScan: {
    method: "POST";
    path: "/api/v1/scan-node/scans/{id}/report";
    params: {
      id: string;
    };
    body: {
      /**
       * @maxItems 100
       */
      samples: {
        elapsedMs: number;
        done: number;
        pass: number;
        probes: number;
        packetsPerSecond: number;
        bytesPerSecond: number;
        open: number;
        closed: number;
        filtered: number;
        loss: number | null;
      }[];
      /**
       * @maxItems 2000
       */
      lanes: {
        address: string;
        open: number;
        closed: number;
        filtered: number;
        silent: number;
        everywhere: boolean;
      }[];
      end:
        | (
            | {
                state: "done";
              }
            | {
                state: "stopped";
              }
            | {
                state: "failed";
                problem: string;
              }
          )
        | null;
      outcome: {
        engine: string;
        command: string | null;
        probes: number;
        durationMs: number;
        open: number;
        loss: number | null;
        recall: number | null;
        unreachable: number;
        blocked: boolean;
      } | null;
    };
    answer: ScanGoOn;
  };
  /**
   * Whether the first administrator is still to be made
   */
  readSetup: {
    method: "GET";
    path: "/api/v1/setup";
    answer: SetupState;
  };
  /**
   * Make the first administrator with the token of the first-start link
   */
  setUp: {
    method: "POST";
    path: "/api/v1/setup";
    body: {
      token: string;
      name: string;
      password: string;
    };
    answer: Session;
  };
  /**
   * Sign in; sets the session cookie
   */
  signIn: {
    method: "POST";
    path: "/api/v1/session";
    body: {
      name: string;
      password: string;
    };
    answer: Session;
  };
  /**
   * Who is signed in, and the token for writes
   */
  readSession: {
    method: "GET";
    path: "/api/v1/session";
    answer: Session;
  };
  /**
   * End this session
   */
  signOut: {
    method: "DELETE";
    path: "/api/v1/session";
    answer: null;
  };
  /**
   * Change one's own password; ends every other session of this user
   */
  changeOwnPassword: {
    method: "POST";
    path: "/api/v1/session/password";
    body: {
      currentPassword: string;
      newPassword: string;
    };
    answer: null;
  };
  /**
   * People who may sign in
   */
  listUsers: {
    method: "GET";
    path: "/api/v1/users";
    query: {
      sort?: "name" | "-name";
      limit?: number;
      cursor?: string;
      offset?: number;
    };
    answer: UserPage;
  };
  /**
   * Add a person
   */
  createUser: {
    method: "POST";
    path: "/api/v1/users";
    body: {
      name: string;
      password: string;
      role: "viewer" | "operator" | "admin";
    };
    answer: User;
  };
  /**
   * Change a role, disable or enable; ends the person's sessions
   */
  changeUser: {
    method: "PATCH";
    path: "/api/v1/users/{id}";
    params: {
      id: string;
    };
    body: {
      role?: "viewer" | "operator" | "admin";
      disabled?: boolean;
    };
    answer: User;
  };
  /**
   * Remove a person
   */
  deleteUser: {
    method: "DELETE";
    path: "/api/v1/users/{id}";
    params: {
      id: string;
    };
    answer: null;
  };
  /**
   * Give a person a new password; ends the person's sessions
   */
  setUserPassword: {
    method: "POST";
    path: "/api/v1/users/{id}/password";
    params: {
      id: string;
    };
    body: {
      password: string;
    };
    answer: null;
  };
  /**
   * Tokens, without their secrets
   */
  listTokens: {
    method: "GET";
    path: "/api/v1/tokens";
    query: {
      sort?: "name" | "-name";
      limit?: number;
      cursor?: string;
      offset?: number;
    };
    answer: TokenPage;
  };
  /**
   * Make a token; its secret is answered this once
   */
  createToken: {
    method: "POST";
    path: "/api/v1/tokens";
    body: {
      name: string;
      scope: "read" | "operate" | "admin" | "intake" | "scan";
      hostId?: string | null;
      expiresAtMs?: number | null;
    };
    answer: CreatedToken;
  };
  /**
   * Revoke a token
   */
  revokeToken: {
    method: "DELETE";
    path: "/api/v1/tokens/{id}";
    params: {
      id: string;
    };
    answer: null;
  };
  /**
   * Who did what, newest first
   */
  listAudit: {
    method: "GET";
    path: "/api/v1/audit";
    query: {
      sort?: "sequence" | "-sequence";
      limit?: number;
      cursor?: string;
      offset?: number;
    };
    answer: AuditPage;
  };
  /**
   * How the server itself fares
   */
  readHealth: {
    method: "GET";
    path: "/api/v1/health";
    answer: Health;
  };
  /**
   * The process answers
   */
  readLiveness: {
    method: "GET";
    path: "/livez";
    answer: null;
  };
  /**
   * The server takes work: 200, else 503
   */
  readReadiness: {
    method: "GET";
    path: "/readyz";
    answer: null;
  };
  /**
   * This description of the API (OpenAPI 3.1)
   */
  readDescription: {
    method: "GET";
    path: "/api/openapi.json";
    answer: {
      [k: string]: unknown;
    };
  };
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Overview".
 */
export interface Overview {
  open: {
    up: number;
    highRisk: number;
    allInterfaces: number;
    hosts: number;
  };
  /**
   * High-risk ports reachable from outside loopback, at most 20
   */
  now: PortRow[];
  changed: {
    /**
     * The last 24 h, by the hour
     */
    histogram: EventBucket[];
    /**
     * At most 20
     */
    latest: EventRow[];
    /**
     * Events of the last 24 h by kind
     */
    newSince: {
      new: number;
      down: number;
      recovered: number;
      changed: number;
      trouble: number;
      "trouble-worse": number;
      "trouble-over": number;
    };
  };
  /**
   * What we cannot see, and why
   */
  blind: {
    hostId: string;
    hostName: string;
    code: string;
    params: {
      [k: string]: string | number | boolean | null;
    };
    sinceMs: number | null;
  }[];
  /**
   * Hosts × ports, at most 200 × 60
   */
  harbour: {
    /**
     * Most common first, at most 60
     */
    ports: number[];
    hosts: {
      id: string;
      name: string;
      /**
       * Per port, bits: 1 inside, 2 outside, 4 on the wire; 0 = closed
       */
      cells: number[];
    }[];
  };
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PortRow".
 */
export interface PortRow {
  id: string;
  hostId: string;
  hostName: string;
  view: "inside" | "outside" | "wire";
  transport: "tcp" | "udp" | "sctp";
  address: string;
  port: number;
  interface: string | null;
  networkNamespace: string | null;
  scope: "loopback" | "address" | "all";
  state: "up" | "down";
  /**
   * IANA service name
   */
  service: string | null;
  /**
   * Label of the first owner
   */
  process: string | null;
  owners: Owner[];
  pids: number[];
  user: string | null;
  unit: string | null;
  containerId: string | null;
  executablePath: string | null;
  commandLine: string | null;
  /**
   * Why the owner is not or not wholly known
   */
  ownerUnknown: string | null;
  /**
   * ms since 1970-01-01 UTC
   */
  sinceMs: number;
  /**
   * ms since 1970-01-01 UTC
   */
  lastSeenMs: number;
  /**
   * ms since 1970-01-01 UTC
   */
  firstSeenMs: number;
  lastChangeMs: number | null;
  lastChangeKind: ("new" | "down" | "recovered" | "changed") | null;
  /**
   * Code of why this port is dangerous; null: not listed
   */
  highRisk: string | null;
  /**
   * The same port of the same host as other views see it now
   */
  elsewhere: {
    id: string;
    view: "inside" | "outside" | "wire";
    address: string;
    process: string | null;
    vantage: string | null;
  }[];
  /**
   * The host has not been heard of lately
   */
  stale: boolean;
}
/**
 * Who stands behind an endpoint, in a form that survives a restart.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Owner".
 */
export interface Owner {
  executable: string;
  program: string | null;
  user: string | null;
  unit: string | null;
  containerId: string | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventBucket".
 */
export interface EventBucket {
  /**
   * ms since 1970-01-01 UTC
   */
  startMs: number;
  new: number;
  down: number;
  recovered: number;
  changed: number;
  trouble: number;
  "trouble-worse": number;
  "trouble-over": number;
}
/**
 * A change of belief about one endpoint, with its reason.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PortEventRow".
 */
export interface PortEventRow {
  id: string;
  /**
   * ms since 1970-01-01 UTC
   */
  atMs: number;
  /**
   * ms since 1970-01-01 UTC
   */
  observedAtMs: number;
  hostId: string;
  hostName: string;
  kind: "new" | "down" | "recovered" | "changed";
  view: "inside" | "outside" | "wire";
  endpoint: Endpoint;
  ownersBefore: Owner[];
  ownersAfter: Owner[];
  reason: EventReason;
  verdict: Verdict;
  portId: string | null;
  service: string | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Endpoint".
 */
export interface Endpoint {
  transport: "tcp" | "udp" | "sctp";
  address: string;
  port: number;
  interface: string | null;
  networkNamespace: string | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Verdict".
 */
export interface Verdict {
  action: "allow" | "forbid" | "none";
  ruleId: string | null;
  highRisk: string | null;
}
/**
 * Trouble with a host's connections that began, became worse or ended.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "TroubleEventRow".
 */
export interface TroubleEventRow {
  id: string;
  /**
   * ms since 1970-01-01 UTC
   */
  atMs: number;
  /**
   * ms since 1970-01-01 UTC
   */
  observedAtMs: number;
  hostId: string;
  hostName: string;
  kind: "trouble" | "trouble-worse" | "trouble-over";
  trouble: ConnectionVerdict;
}
/**
 * What is wrong with a host's connections
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ConnectionVerdict".
 */
export interface ConnectionVerdict {
  kind:
    | "syn-flood"
    | "connection-flood"
    | "close-wait-leak"
    | "time-wait-pile"
    | "port-exhaustion"
    | "syn-sent-fan-out"
    | "listen-overflow";
  /**
   * Which of its kind: a process, `tcp/443`; empty: the host
   */
  subject: string;
  severity: "look" | "warning" | "critical";
  /**
   * Addresses or prefixes; empty: nobody can be named
   */
  sources: {
    remote: string;
    count: number;
  }[];
  process: {
    name: string;
    pid: number | null;
  } | null;
  port: number | null;
  reasons: ConnectionReason[];
  meaning:
    | "handshakes-stay-open"
    | "flood-from-few"
    | "flood-from-many"
    | "one-holds-many"
    | "others-crowded-out"
    | "process-never-closes"
    | "many-short-connections"
    | "ports-run-short"
    | "scans-or-infected"
    | "accepts-too-slowly";
  advice: (
    | "watch"
    | "block-sources"
    | "block-nobody-forged"
    | "enable-syn-cookies"
    | "filter-upstream"
    | "declare-load-test"
    | "limit-per-source"
    | "fix-close"
    | "restart-process"
    | "reuse-connections"
    | "widen-port-range"
    | "inspect-process"
    | "isolate-host"
    | "raise-backlog"
    | "add-workers"
  )[];
  state: "firing" | "resolved";
  /**
   * ms since 1970-01-01 UTC
   */
  sinceMs: number;
  /**
   * ms since 1970-01-01 UTC
   */
  changedMs: number;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PortPage".
 */
export interface PortPage {
  rows: PortRow[];
  total: number | null;
  nextCursor: string | null;
}
/**
 * How many ports a filter would leave; the 20 most common of each.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PortFacets".
 */
export interface PortFacets {
  transport: {
    [k: string]: number;
  };
  scope: {
    [k: string]: number;
  };
  host: {
    id: string;
    name: string;
    count: number;
  }[];
  process: {
    name: string;
    count: number;
  }[];
  port: {
    port: number;
    count: number;
  }[];
}
/**
 * One port: its holders, its history and what we know it from.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PortDetail".
 */
export interface PortDetail {
  id: string;
  hostId: string;
  hostName: string;
  view: "inside" | "outside" | "wire";
  transport: "tcp" | "udp" | "sctp";
  address: string;
  port: number;
  interface: string | null;
  networkNamespace: string | null;
  scope: "loopback" | "address" | "all";
  state: "up" | "down";
  /**
   * IANA service name
   */
  service: string | null;
  /**
   * Label of the first owner
   */
  process: string | null;
  owners: Owner[];
  pids: number[];
  user: string | null;
  unit: string | null;
  containerId: string | null;
  executablePath: string | null;
  commandLine: string | null;
  /**
   * Why the owner is not or not wholly known
   */
  ownerUnknown: string | null;
  /**
   * ms since 1970-01-01 UTC
   */
  sinceMs: number;
  /**
   * ms since 1970-01-01 UTC
   */
  lastSeenMs: number;
  /**
   * ms since 1970-01-01 UTC
   */
  firstSeenMs: number;
  lastChangeMs: number | null;
  lastChangeKind: ("new" | "down" | "recovered" | "changed") | null;
  /**
   * Code of why this port is dangerous; null: not listed
   */
  highRisk: string | null;
  /**
   * The same port of the same host as other views see it now
   */
  elsewhere: {
    id: string;
    view: "inside" | "outside" | "wire";
    address: string;
    process: string | null;
    vantage: string | null;
  }[];
  /**
   * The host has not been heard of lately
   */
  stale: boolean;
  processes: Process[];
  evidence: Evidence[];
  intervals: Interval[];
  events: PortEventRow[];
  similar: PortRow[];
}
/**
 * A process that holds a socket. Null: could not be read, or there is none.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Process".
 */
export interface Process {
  pid: number;
  parentPid: number | null;
  name: string;
  executablePath: string | null;
  commandLine: string | null;
  startTimeMs: number | null;
  user: string | null;
  unit: string | null;
  containerId: string | null;
}
/**
 * One sighting or miss that a belief rests on.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Evidence".
 */
export interface Evidence {
  /**
   * ms since 1970-01-01 UTC
   */
  atMs: number;
  kind: "seen" | "missed" | "returned" | "owner";
  source: {
    kind: string;
    vantage: string | null;
  };
  code: string;
  params: {
    [k: string]: string | number | boolean | null;
  };
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Interval".
 */
export interface Interval {
  /**
   * ms since 1970-01-01 UTC
   */
  fromMs: number;
  toMs: number | null;
  state: "up" | "down";
  owners: Owner[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventPage".
 */
export interface EventPage {
  rows: EventRow[];
  total: number | null;
  nextCursor: string | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "EventHistogram".
 */
export interface EventHistogram {
  buckets: EventBucket[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "HostPage".
 */
export interface HostPage {
  rows: HostRow[];
  total: number | null;
  nextCursor: string | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "HostRow".
 */
export interface HostRow {
  id: string;
  hostname: string;
  addresses: string[];
  operatingSystem: string | null;
  machineId: string | null;
  labels: {
    [k: string]: string;
  };
  /**
   * ms since 1970-01-01 UTC
   */
  firstSeenMs: number;
  retiredAtMs: number | null;
  ports: {
    up: number;
    down: number;
  };
  sources: SourceRow[];
  health: "ok" | "late" | "silent" | "limited";
}
/**
 * Who looks at a host, from where, and when last.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "SourceRow".
 */
export interface SourceRow {
  id: string;
  kind: string;
  view: "inside" | "outside" | "wire";
  vantage: string | null;
  lastLookMs: number | null;
  intervalMs: number | null;
  clockSkewMs: number | null;
  limits: string[];
  version: string | null;
  state: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "FleetConnections".
 */
export interface FleetConnections {
  /**
   * Heard lately; only these are counted
   */
  hosts: number;
  silent: number;
  connections: number;
  tcp: ConnectionCounts;
  udp: number;
  mostConnections: HostConnections[];
  mostHalfOpen: HostConnections[];
}
/**
 * TCP sockets by state
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ConnectionCounts".
 */
export interface ConnectionCounts {
  LISTEN: number;
  "SYN-SENT": number;
  "SYN-RECEIVED": number;
  ESTABLISHED: number;
  "FIN-WAIT-1": number;
  "FIN-WAIT-2": number;
  "CLOSE-WAIT": number;
  CLOSING: number;
  "LAST-ACK": number;
  "TIME-WAIT": number;
  CLOSED: number;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "HostConnections".
 */
export interface HostConnections {
  hostId: string;
  hostName: string;
  /**
   * ms since 1970-01-01 UTC
   */
  atMs: number;
  /**
   * Not heard lately
   */
  stale: boolean;
  /**
   * TCP sockets that do not only listen
   */
  connections: number;
  tcp: ConnectionCounts;
  udp: number;
  /**
   * Different remote addresses
   */
  remotes: number;
  halfOpenRemotes: number;
  triedRemotes: number;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ConnectionHistory".
 */
export interface ConnectionHistory {
  /**
   * ms since 1970-01-01 UTC
   */
  fromMs: number;
  /**
   * ms since 1970-01-01 UTC
   */
  toMs: number;
  /**
   * How long a point is
   */
  pointMs: number;
  /**
   * Start of each point; where nobody looked there is none
   *
   * Items: ms since 1970-01-01 UTC
   */
  moments: number[];
  gauges: {
    LISTEN: ConnectionGauge;
    "SYN-SENT": ConnectionGauge;
    "SYN-RECEIVED": ConnectionGauge;
    ESTABLISHED: ConnectionGauge;
    "FIN-WAIT-1": ConnectionGauge;
    "FIN-WAIT-2": ConnectionGauge;
    "CLOSE-WAIT": ConnectionGauge;
    CLOSING: ConnectionGauge;
    "LAST-ACK": ConnectionGauge;
    "TIME-WAIT": ConnectionGauge;
    CLOSED: ConnectionGauge;
    udp: ConnectionGauge;
    remotes: ConnectionGauge;
    halfOpenRemotes: ConnectionGauge;
    triedRemotes: ConnectionGauge;
  };
  /**
   * How often in each point
   */
  counters: {
    synCookiesSent: (number | null)[];
    synCookiesReceived: (number | null)[];
    synCookiesFailed: (number | null)[];
    listenOverflows: (number | null)[];
    listenDrops: (number | null)[];
  };
  /**
   * The fullest in each point, 0 to 1
   */
  fills: {
    queue: (number | null)[];
    conntrack: (number | null)[];
    ephemeral: (number | null)[];
  };
  tops: ConnectionTops;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ConnectionGauge".
 */
export interface ConnectionGauge {
  mean: number[];
  most: number[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ConnectionTops".
 */
export interface ConnectionTops {
  ports: ConnectionTop[];
  remotes: ConnectionTop[];
  prefixes: ConnectionTop[];
  processes: ConnectionTop[];
  pointMs: number;
  /**
   * Items: ms since 1970-01-01 UTC
   */
  moments: number[];
}
/**
 * One of the busiest, with its mean in each point
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ConnectionTop".
 */
export interface ConnectionTop {
  name: string;
  mean: number;
  most: number;
  means: number[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "FleetFindings".
 */
export interface FleetFindings {
  /**
   * Worst first, at most 200
   */
  firing: HostVerdict[];
  firingTotal: number;
  /**
   * Oddest first, at most 50
   */
  odd: HostOddRemote[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "HostVerdict".
 */
export interface HostVerdict {
  hostId: string;
  hostName: string;
  /**
   * Of the last sample
   */
  atMs: number;
  /**
   * Not heard lately
   */
  stale: boolean;
  verdict: ConnectionVerdict;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "HostOddRemote".
 */
export interface HostOddRemote {
  hostId: string;
  hostName: string;
  /**
   * Of the last sample
   */
  atMs: number;
  /**
   * Not heard lately
   */
  stale: boolean;
  odd: OddRemote;
}
/**
 * An address or prefix that stands out
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "OddRemote".
 */
export interface OddRemote {
  remote: string;
  isPrefix: boolean;
  sockets: number;
  /**
   * From 1; each doubling beyond what is usual adds 1
   */
  score: number;
  reasons: OddReason[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "HostFindings".
 */
export interface HostFindings {
  /**
   * Worst first
   */
  firing: ConnectionVerdict[];
  /**
   * Oddest first
   */
  odd: OddRemote[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "HostConnectionsAnswer".
 */
export interface HostConnectionsAnswer {
  /**
   * null: this host has told none yet
   */
  latest: HostConnectionsDetail | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "HostConnectionsDetail".
 */
export interface HostConnectionsDetail {
  hostId: string;
  hostName: string;
  /**
   * ms since 1970-01-01 UTC
   */
  atMs: number;
  /**
   * Not heard lately
   */
  stale: boolean;
  /**
   * TCP sockets that do not only listen
   */
  connections: number;
  tcp: ConnectionCounts;
  udp: number;
  /**
   * Different remote addresses
   */
  remotes: number;
  halfOpenRemotes: number;
  triedRemotes: number;
  sample: ConnectionSample;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ConnectionSample".
 */
export interface ConnectionSample {
  /**
   * By the host's clock
   */
  atMs: number;
  tcp: ConnectionCounts;
  udp: number;
  ports: PortConnections[];
  remotes: RemoteConnections[];
  prefixes: RemoteConnections[];
  processes: ProcessConnections[];
  remoteCount: number;
  halfOpenRemotes: number;
  triedRemotes: number;
  /**
   * Of the kernel, since its start
   */
  counters: {
    synCookiesSent: number;
    synCookiesReceived: number;
    synCookiesFailed: number;
    listenOverflows: number;
    listenDrops: number;
  } | null;
  conntrack: {
    count: number;
    max: number;
  } | null;
  ephemeral: {
    size: number;
    mostUsed: number;
  } | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "PortConnections".
 */
export interface PortConnections {
  transport: "tcp" | "udp";
  port: number;
  processes: string[];
  states: ConnectionStates;
  queue: {
    waiting: number;
    max: number;
  } | null;
}
/**
 * A state that is missing has none
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ConnectionStates".
 */
export interface ConnectionStates {
  LISTEN?: number;
  "SYN-SENT"?: number;
  "SYN-RECEIVED"?: number;
  ESTABLISHED?: number;
  "FIN-WAIT-1"?: number;
  "FIN-WAIT-2"?: number;
  "CLOSE-WAIT"?: number;
  CLOSING?: number;
  "LAST-ACK"?: number;
  "TIME-WAIT"?: number;
  CLOSED?: number;
}
/**
 * An address or a prefix
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "RemoteConnections".
 */
export interface RemoteConnections {
  remote: string;
  states: ConnectionStates;
  ports: number;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ProcessConnections".
 */
export interface ProcessConnections {
  name: string;
  pid: number;
  states: ConnectionStates;
}
/**
 * As Prometheus' http_sd_configs reads it
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "TargetGroup".
 */
export interface TargetGroup {
  /**
   * One address:port
   */
  targets: string[];
  /**
   * `__meta_portolan_…`: what is known of the endpoint and its host
   */
  labels: {
    [k: string]: string;
  };
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "HostBlocks".
 */
export interface HostBlocks {
  hostId: string;
  state: "ready" | "unable" | "silent" | "off";
  firewall: ("nftables" | "iptables") | null;
  problem: ("no-tools" | "no-rights") | null;
  blocks: {
    target: string;
    action: "drop" | "reject";
    /**
     * ms since 1970-01-01 UTC
     */
    untilMs: number;
    isOnProbation: boolean;
    by: string | null;
    sinceMs: number | null;
  }[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "BlockDeed".
 */
export interface BlockDeed {
  id: string;
  hostId: string;
  kind: "block" | "unblock";
  target: string;
  request: {
    action: string;
    durationMs: number;
  } | null;
  by: string;
  /**
   * ms since 1970-01-01 UTC
   */
  createdAtMs: number;
  state: "waiting" | "probation" | "done" | "in-force" | "refused" | "failed" | "rolled-back" | "lapsed";
  refusedBy: ("server" | "host") | null;
  refusal: BlockRefusal | null;
  message: string | null;
  /**
   * Whether what was connected was ended
   */
  cut: boolean | null;
  connections: number | null;
  endedAtMs: number | null;
}
/**
 * A code, and figures that go with it
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "BlockRefusal".
 */
export interface BlockRefusal {
  code: string;
  [k: string]: string | number | string[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "BlockReport".
 */
export interface BlockReport {
  outcome: "refused" | "in-force" | "planned" | "probation" | "done" | "failed" | "rolled-back";
  refusal: BlockRefusal | null;
  preview: BlockPreview | null;
  message: string | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "BlockPreview".
 */
export interface BlockPreview {
  connections: {
    remote: string;
    remotePort: number;
    localPort: number;
    state:
      | "LISTEN"
      | "SYN-SENT"
      | "SYN-RECEIVED"
      | "ESTABLISHED"
      | "FIN-WAIT-1"
      | "FIN-WAIT-2"
      | "CLOSE-WAIT"
      | "CLOSING"
      | "LAST-ACK"
      | "TIME-WAIT"
      | "CLOSED";
    process: string | null;
  }[];
  /**
   * All of them; the list has an end
   */
  connectionCount: number;
  knownGood: string[];
  knownGoodCount: number;
  warnings: ("not-connected" | "may-be-forged" | "ssh-session" | "own-connections")[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ScanPlanList".
 */
export interface ScanPlanList {
  rows: ScanPlan[];
  /**
   * Where may be scanned, as the configuration says
   */
  scope: {
    scope: string[];
    exclude: string[];
  };
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ScanPlan".
 */
export interface ScanPlan {
  id: string;
  name: string;
  targets: string[];
  exclude: string[];
  ports: string;
  excludePorts: string | null;
  engine: "auto" | "syn" | "connect" | "nmap" | "masscan";
  bandwidth: string | null;
  missTarget: number;
  schedule:
    | {
        kind: "manual";
      }
    | {
        kind: "every";
        minutes: number;
      }
    | {
        kind: "daily";
        at: string;
      };
  window: {
    from: string;
    to: string;
  } | null;
  enabled: boolean;
  /**
   * ms since 1970-01-01 UTC
   */
  createdAtMs: number;
  /**
   * ms since 1970-01-01 UTC
   */
  changedAtMs: number;
  /**
   * null: only by hand
   */
  nextRunMs: number | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ScanRun".
 */
export interface ScanRun {
  id: string;
  planId: string;
  /**
   * The plan as it was
   */
  plan: {
    name: string;
    targets: string[];
    exclude: string[];
    ports: string;
    excludePorts: string | null;
    engine: "auto" | "syn" | "connect" | "nmap" | "masscan";
    bandwidth: string | null;
    missTarget: number;
    schedule:
      | {
          kind: "manual";
        }
      | {
          kind: "every";
          minutes: number;
        }
      | {
          kind: "daily";
          at: string;
        };
    window: {
      from: string;
      to: string;
    } | null;
    enabled: boolean;
  };
  state: "waiting" | "running" | "done" | "stopped" | "failed";
  askedBy: string;
  /**
   * More than 1: a node was lost over it, and it was begun anew
   */
  attempt: number;
  /**
   * ms since 1970-01-01 UTC
   */
  createdAtMs: number;
  startedAtMs: number | null;
  endedAtMs: number | null;
  node: string | null;
  heardAtMs: number | null;
  hosts: number | null;
  /**
   * Of one pass
   */
  packets: number | null;
  latest: ScanSample | null;
  outcome: {
    engine: string;
    command: string | null;
    probes: number;
    durationMs: number;
    open: number;
    loss: number | null;
    recall: number | null;
    unreachable: number;
    blocked: boolean;
  } | null;
  problem: string | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ScanSample".
 */
export interface ScanSample {
  elapsedMs: number;
  done: number;
  pass: number;
  probes: number;
  packetsPerSecond: number;
  bytesPerSecond: number;
  open: number;
  closed: number;
  filtered: number;
  loss: number | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ScanRunPage".
 */
export interface ScanRunPage {
  rows: ScanRun[];
  total: number | null;
  nextCursor: string | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ScanRunDetail".
 */
export interface ScanRunDetail {
  id: string;
  planId: string;
  /**
   * The plan as it was
   */
  plan: {
    name: string;
    targets: string[];
    exclude: string[];
    ports: string;
    excludePorts: string | null;
    engine: "auto" | "syn" | "connect" | "nmap" | "masscan";
    bandwidth: string | null;
    missTarget: number;
    schedule:
      | {
          kind: "manual";
        }
      | {
          kind: "every";
          minutes: number;
        }
      | {
          kind: "daily";
          at: string;
        };
    window: {
      from: string;
      to: string;
    } | null;
    enabled: boolean;
  };
  state: "waiting" | "running" | "done" | "stopped" | "failed";
  askedBy: string;
  /**
   * More than 1: a node was lost over it, and it was begun anew
   */
  attempt: number;
  /**
   * ms since 1970-01-01 UTC
   */
  createdAtMs: number;
  startedAtMs: number | null;
  endedAtMs: number | null;
  node: string | null;
  heardAtMs: number | null;
  hosts: number | null;
  /**
   * Of one pass
   */
  packets: number | null;
  latest: ScanSample | null;
  outcome: {
    engine: string;
    command: string | null;
    probes: number;
    durationMs: number;
    open: number;
    loss: number | null;
    recall: number | null;
    unreachable: number;
    blocked: boolean;
  } | null;
  problem: string | null;
  samples: ScanSample[];
  lanes: ScanLane[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ScanLane".
 */
export interface ScanLane {
  address: string;
  open: number;
  closed: number;
  filtered: number;
  silent: number;
  everywhere: boolean;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ImportAnswer".
 */
export interface ImportAnswer {
  hosts: number;
  ports: number;
  events: number;
  /**
   * Addresses of which something newer is known by that name
   */
  older: string[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ZabbixSetUp".
 */
export interface ZabbixSetUp {
  steps: {
    id:
      | "agent-line"
      | "agent-check"
      | "passive-here"
      | "passive-elsewhere"
      | "passive-check"
      | "template-fetch"
      | "trapper-server"
      | "trapper-check";
    /**
     * What the step belongs to; of one way they stand together
     */
    way: "agent" | "passive" | "template" | "trapper";
    /**
     * Where the text goes; null: it is a command
     */
    file: string | null;
    text: string;
  }[];
  /**
   * Addresses in the texts that are to be replaced
   */
  examples: string[];
  templateUrl: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "IntakeAnswer".
 */
export interface IntakeAnswer {
  batchId: string;
  /**
   * This batch had been applied before
   */
  replayed: boolean;
  events: number;
  /**
   * Look again sooner than planned; null: no hurry
   */
  lookAgainInMs: number | null;
  /**
   * Endpoints that a scan node is to ask once more
   */
  verify: string[];
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ConnectionsTaken".
 */
export interface ConnectionsTaken {
  stored: number;
  /**
   * Not newer than what is held
   */
  known: number;
  /**
   * Older than the finest step is kept
   */
  tooOld: number;
  /**
   * Count again sooner than planned; null: no hurry
   */
  lookAgainInMs: number | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ScanAssignment".
 */
export interface ScanAssignment {
  assignment: {
    runId: string;
    node: string;
    planName: string;
    targets: string[];
    ports: string;
    excludePorts: string | null;
    engine: "auto" | "syn" | "connect" | "nmap" | "masscan";
    bandwidth: string | null;
    missTarget: number;
    known: string[];
  } | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "ScanGoOn".
 */
export interface ScanGoOn {
  /**
   * false: stop scanning
   */
  goOn: boolean;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "SetupState".
 */
export interface SetupState {
  needed: boolean;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Session".
 */
export interface Session {
  user: {
    id: string;
    name: string;
    role: "viewer" | "operator" | "admin";
  };
  /**
   * Send it as X-CSRF-Token with every write
   */
  csrfToken: string;
  serverVersion: string;
  /**
   * The server's clock
   */
  timeMs: number;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "UserPage".
 */
export interface UserPage {
  rows: User[];
  total: number | null;
  nextCursor: string | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "User".
 */
export interface User {
  id: string;
  name: string;
  role: "viewer" | "operator" | "admin";
  /**
   * ms since 1970-01-01 UTC
   */
  createdAtMs: number;
  disabledAtMs: number | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "TokenPage".
 */
export interface TokenPage {
  rows: Token[];
  total: number | null;
  nextCursor: string | null;
}
/**
 * A token without its secret, which is shown once.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Token".
 */
export interface Token {
  id: string;
  name: string;
  scope: "read" | "operate" | "admin" | "intake" | "scan";
  hostId: string | null;
  /**
   * ms since 1970-01-01 UTC
   */
  createdAtMs: number;
  expiresAtMs: number | null;
  lastUsedAtMs: number | null;
  revokedAtMs: number | null;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "CreatedToken".
 */
export interface CreatedToken {
  id: string;
  name: string;
  scope: "read" | "operate" | "admin" | "intake" | "scan";
  hostId: string | null;
  /**
   * ms since 1970-01-01 UTC
   */
  createdAtMs: number;
  expiresAtMs: number | null;
  lastUsedAtMs: number | null;
  revokedAtMs: number | null;
  /**
   * Shown now and never again
   */
  secret: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "AuditPage".
 */
export interface AuditPage {
  rows: AuditRow[];
  total: number | null;
  nextCursor: string | null;
}
/**
 * One deed; its hash covers the row and the hash before it.
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "AuditRow".
 */
export interface AuditRow {
  sequence: number;
  /**
   * ms since 1970-01-01 UTC
   */
  atMs: number;
  actor: string;
  action: string;
  target: string | null;
  outcome: string;
  details: {
    [k: string]: unknown;
  };
  hash: string;
}
/**
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Health".
 */
export interface Health {
  version: string;
  status: "ok" | "degraded" | "failing";
  checks: {
    name: string;
    status: "ok" | "degraded" | "failing";
    code: string;
    params: {
      [k: string]: string | number | boolean | null;
    };
    /**
     * One sentence in English
     */
    what: string;
    /**
     * What a person can do
     */
    mend: string | null;
    sinceMs: number | null;
  }[];
}
/**
 * Why a request was refused (RFC 9457).
 *
 * This interface was referenced by `Operations`'s JSON-Schema
 * via the `definition` "Problem".
 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: "invalid" | "unauthenticated" | "forbidden" | "not-found" | "conflict" | "unavailable" | "internal";
  detail: string;
  hint?: string;
  details?: {
    [k: string]: unknown;
  };
  requestId: string;
}
