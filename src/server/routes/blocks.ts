import type { FastifyReply, FastifyRequest } from "fastify";
import type { Asker } from "../../app/block-book.ts";
import { readOrderPoll } from "../../model/block-order-schema.ts";
import { callerOf } from "../caller.ts";
import { idParams } from "../parameter.ts";
import {
  blockDeedSchema,
  blockReportSchema,
  blockWishSchema,
  fleetBlocksSchema,
  hostBlocksSchema,
  liftSchema,
  ordersSchema,
} from "../representation/block.ts";
import { route } from "../route.ts";
import { deliveryOf } from "./intake.ts";

const deedsShown = 20;

export const blockRoutes = [
  route({
    method: "GET",
    url: "/api/v1/blocks",
    access: "read",
    name: "listBlocks",
    summary: "What is blocked, on every host that lets itself be asked",
    answer: fleetBlocksSchema,
    handle: async ({ server }) => ({ hosts: await server.app.blocks.all() }),
  }),
  route({
    method: "GET",
    url: "/api/v1/hosts/:id/blocks",
    access: "read",
    name: "readHostBlocks",
    summary: "Whether a host can block, what it blocks, and what was ordered of it",
    params: idParams,
    answer: hostBlocksSchema,
    handle: async ({ server, params }) => ({
      now: await server.app.blocks.of(params.id),
      deeds: await server.app.blocks.deeds(params.id, deedsShown),
    }),
  }),
  route({
    method: "POST",
    url: "/api/v1/hosts/:id/blocks/preview",
    access: "operate",
    name: "previewBlock",
    summary: "What a block would cut now, as the host itself sees it; nothing is done",
    params: idParams,
    body: blockWishSchema,
    answer: blockReportSchema,
    handle: async ({ server, request, params, body }) =>
      server.app.blocks.preview(params.id, body, askerOf(request)),
  }),
  route({
    method: "POST",
    url: "/api/v1/hosts/:id/blocks",
    access: "operate",
    name: "blockOnHost",
    summary: "Have a host take no packets from an address or prefix for a time; a refusal is an answer",
    params: idParams,
    body: blockWishSchema,
    answer: blockDeedSchema,
    handle: async ({ server, request, params, body }) =>
      server.app.blocks.block(params.id, body, askerOf(request)),
  }),
  route({
    method: "POST",
    url: "/api/v1/hosts/:id/blocks/lift",
    access: "operate",
    name: "unblockOnHost",
    summary: "End a block",
    params: idParams,
    body: liftSchema,
    answer: blockDeedSchema,
    handle: async ({ server, request, params, body }) =>
      server.app.blocks.unblock(params.id, body.target, askerOf(request)),
  }),
  route({
    method: "POST",
    url: "/api/v1/agent/orders",
    access: "deliver",
    name: "askOrders",
    summary: "For an agent: tell what is blocked and what became of orders; answered when there is a new one",
    rawBody: true,
    answer: ordersSchema,
    handle: async ({ server, request, reply }) => {
      const { hostId, body } = deliveryOf(request);
      const { localAddress = null } = request.socket;
      const at = { serverAddress: localAddress, signal: goneSignal(reply) };
      return { orders: await server.app.blocks.poll(hostId, readOrderPoll(body), at) };
    },
  }),
];

/** The person's own address, and that of the connection, which may be a proxy's: neither must be cut. */
function askerOf(request: FastifyRequest): Asker {
  const addresses = [request.ip, request.socket.remoteAddress].filter((one) => typeof one === "string");
  return { actor: callerOf(request).actor, addresses: [...new Set(addresses)] };
}

/** Aborted when the agent does not wait any more. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once("close", () => gone.abort());
  return gone.signal;
}
