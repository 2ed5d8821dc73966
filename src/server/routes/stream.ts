import type { FastifyReply } from "fastify";
import { mayPass } from "../access.ts";
import { callerOf, identify, type Caller } from "../caller.ts";
import { route } from "../route.ts";
import type { Sink } from "../change-streams.ts";

export const streamRoutes = [
  route({
    method: "GET",
    url: "/api/v1/stream",
    access: "read",
    name: "followChanges",
    summary: "Hints of change as server-sent events: hello, change, scan, health, session-ended",
    answer: { media: ["text/event-stream"] },
    handle: async ({ server, request, reply }) => {
      const caller = callerOf(request);
      const sink = openSink(reply);
      const leave = server.streams.open({
        sink: sink.writing,
        owner: ownerOf(caller),
        sessionId: caller.principal?.kind === "user" ? caller.principal.sessionId : null,
        stillHolds: async () => {
          if (caller.principal === null) return true;
          const now = await identify(request, server.app.accounts);
          return now !== null && mayPass("read", now.standing);
        },
        lastSeenId: lastSeenId(request.headers["last-event-id"]),
      });
      reply.raw.once("close", leave);
      sink.start();
    },
  }),
];

function ownerOf({ principal }: Caller): string {
  if (principal === null) return "local";
  return principal.kind === "user" ? `user:${principal.user.id}` : `token:${principal.token.id}`;
}

function lastSeenId(header: string | string[] | undefined): number | null {
  return typeof header === "string" && /^\d{1,15}$/.test(header) ? Number(header) : null;
}

/** Takes the raw answer over from fastify; until `start`, what is written waits and a throw still becomes a problem. */
function openSink(reply: FastifyReply): { readonly writing: Sink; readonly start: () => void } {
  const { raw } = reply;
  let waiting: string[] | null = [];
  const writing: Sink = {
    write(text) {
      if (waiting === null) return raw.write(text);
      waiting.push(text);
      return true;
    },
    end: () => raw.end(),
    destroy: () => raw.destroy(),
    get writableLength() {
      return raw.writableLength;
    },
  };
  return {
    writing,
    start: () => {
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) raw.setHeader(name, value);
      }
      raw.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
      });
      raw.socket?.setNoDelay(true);
      raw.write(waiting?.join("") ?? "");
      waiting = null;
    },
  };
}
