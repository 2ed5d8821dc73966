/** The API's types (schema.ts is generated) by the names that the pages use. */
import type { EventRow, PortRow, Session } from "./schema.ts";

export type {
  AuditRow,
  CreatedToken,
  Endpoint,
  EventBucket as Bucket,
  EventRow,
  Evidence,
  Health,
  HostRow,
  Interval,
  Overview,
  Owner,
  PortDetail,
  PortFacets as Facets,
  PortRow,
  Process,
  Session,
  SourceRow,
  Token,
  User,
} from "./schema.ts";

export type Kind = EventRow["kind"];
export type Role = Session["user"]["role"];
export type Scope = PortRow["scope"];

export interface Page<Row> {
  readonly rows: Row[];
  readonly total: number | null;
  readonly nextCursor: string | null;
}
