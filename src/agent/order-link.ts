import { orderWaitMsMax, readOrders, type BlockOrder, type OrderPoll } from "../model/block-order.ts";
import { postJson } from "./json-post.ts";
import { answerTimeoutMs, apiUrl } from "./uplink.ts";

/** 64 orders with the addresses that each may not touch. */
const answerBytesMax = 4 * 1024 * 1024;
/** Behind a name may stand several servers. */
const peersMax = 16;

/** How a host asks what it is to do. Failures of the way are values: it asks again. */
export interface OrderLink {
  poll(body: OrderPoll): Promise<{ readonly orders: readonly BlockOrder[] } | { readonly why: string }>;
  /** The addresses that have answered, as this host sees them. */
  servers(): readonly string[];
  close(): void;
}

export function createOrderLink(serverUrl: string, token: string): OrderLink {
  const url = apiUrl(serverUrl, "/api/v1/agent/orders");
  const { Agent } = process.getBuiltinModule(url.protocol === "https:" ? "node:https" : "node:http");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const servers = new Set<string>();
  return {
    async poll(body) {
      try {
        const answer = await postJson({
          url,
          token,
          body,
          timeoutMs: Math.min(body.waitMs, orderWaitMsMax) + answerTimeoutMs,
          answerBytesMax,
          agent,
        });
        const orders = answer.status === 200 ? readOrders(JSON.parse(answer.text)) : undefined;
        if (orders === undefined) return { why: `${answer.status} ${answer.text.slice(0, 200)}` };
        if (answer.peer !== null && servers.size < peersMax) servers.add(answer.peer);
        return { orders };
      } catch (error) {
        return { why: (error as Error).message };
      }
    },
    servers: () => [...servers],
    close: () => agent.destroy(),
  };
}
