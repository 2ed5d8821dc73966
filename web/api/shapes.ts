/** The API's types (schema.ts is generated) by the names that the pages use. */
import type {
  ConnectionCounts,
  ConnectionVerdict,
  EventRow,
  Operations,
  PortRow,
  ScanRun,
  Session,
} from "./schema.ts";

export type {
  AuditRow,
  BlockDeed,
  BlockPreview,
  BlockRefusal,
  BlockReport,
  ConnectionCounts,
  ConnectionHistory,
  ConnectionReason,
  ConnectionSample,
  ConnectionStates,
  ConnectionTop,
  ConnectionVerdict,
  CreatedToken,
  Endpoint,
  EventBucket as Bucket,
  EventRow,
  Evidence,
  FleetConnections,
  FleetFindings,
  Health,
  HostConnections,
  HostConnectionsAnswer,
  HostConnectionsDetail,
  HostFindings,
  HostBlocks,
  HostRow,
  Interval,
  OddReason,
  OddRemote,
  Overview,
  Owner,
  PortDetail,
  PortEventRow,
  PortFacets as Facets,
  PortRow,
  Process,
  ScanLane,
  ScanPlan,
  ScanPlanList,
  ScanRun,
  ScanRunDetail,
  ScanSample,
  Session,
  SourceRow,
  Token,
  TroubleEventRow,
  User,
  ZabbixSetUp,
} from "./schema.ts";

export type ConnectionState = keyof ConnectionCounts;
export type HostBlocksAnswer = Operations["readHostBlocks"]["answer"];
export type FleetBlocks = Operations["listBlocks"]["answer"];
export type Kind = EventRow["kind"];
export type Severity = ConnectionVerdict["severity"];
export type Role = Session["user"]["role"];
export type Scope = PortRow["scope"];
export type View = PortRow["view"];
/** A plan as it is sent: everything that a person decides. */
export type ScanPlanOrder = Required<Operations["createScanPlan"]["body"]>;
export type ScanEngine = ScanPlanOrder["engine"];
export type ScanState = ScanRun["state"];

export interface Page<Row> {
  readonly rows: Row[];
  readonly total: number | null;
  readonly nextCursor: string | null;
}
