import type { Database } from "better-sqlite3";
import type { PortEvent } from "../../model/event.ts";
import { foldedEvent } from "../sql/fold.ts";

/** Events are only ever added. */
export function eventInsert(db: Database): (host: number, belief: number, event: PortEvent) => void {
  const insert =
    db.prepare(`insert into events (id, kind, at_ms, observed_at_ms, host, belief, view, transport, address, port,
    interface, network_namespace, owners_before, owners_after, reason, action, rule_id, high_risk, folded)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  return (host, belief, event) => {
    const { endpoint, verdict } = event;
    const owners = [...event.ownersBefore, ...event.ownersAfter];
    insert.run(
      event.id,
      event.kind,
      event.atMs,
      event.observedAtMs,
      host,
      belief,
      event.view,
      endpoint.transport,
      endpoint.address,
      endpoint.port,
      endpoint.interface,
      endpoint.networkNamespace,
      JSON.stringify(event.ownersBefore),
      JSON.stringify(event.ownersAfter),
      JSON.stringify(event.reason),
      verdict.action,
      verdict.ruleId,
      verdict.highRisk,
      foldedEvent(endpoint, owners),
    );
  };
}
