import test, { type TestContext } from "node:test";
import { accounts } from "./accounts.ts";
import { audit } from "./audit.ts";
import { beliefs } from "./beliefs.ts";
import { blocks } from "./blocks.ts";
import type { OpenStore } from "./clauses.ts";
import { connections } from "./connections.ts";
import { events } from "./events.ts";
import { history } from "./history.ts";
import { hosts } from "./hosts.ts";
import { metrics } from "./metrics.ts";
import { ports } from "./ports.ts";
import { retention } from "./retention.ts";
import { sources } from "./sources.ts";
import { transactions } from "./transactions.ts";

const contract = [
  transactions,
  beliefs,
  ports,
  history,
  events,
  hosts,
  sources,
  accounts,
  audit,
  retention,
  connections,
  metrics,
  blocks,
];

/** What every store must do. `open` gives a fresh, empty one. */
export function storeContract(name: string, open: (t: TestContext) => Promise<OpenStore>): void {
  for (const [title, body] of contract.flatMap((clauses) => Object.entries(clauses))) {
    void test(`${name}: ${title}`, async (t) => body(await open(t)));
  }
}
