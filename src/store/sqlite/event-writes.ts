import type { Database } from "better-sqlite3";
import type { PortEvent, TroubleEvent } from "../../model/event.ts";
import { foldedEvent, foldedTrouble } from "../sql/fold.ts";

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

/** Where a verdict is about no port. */
const noPort = -1;

/** What an event about a port has and one about connections has not is empty. */
export function troubleInsert(db: Database): (host: number, event: TroubleEvent) => void {
  const insert =
    db.prepare(`insert into events (id, kind, at_ms, observed_at_ms, host, view, transport, address, port,
    owners_before, owners_after, reason, action, folded, trouble)
    values (?, ?, ?, ?, ?, '', '', '', ?, '[]', '[]', 'null', 'none', ?, ?)`);
  return (host, { id, kind, atMs, observedAtMs, trouble }) => {
    const port = trouble.port ?? noPort;
    insert.run(id, kind, atMs, observedAtMs, host, port, foldedTrouble(trouble), JSON.stringify(trouble));
  };
}
