import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import type { AccountBook } from "../app/account-book.ts";
import { PortolanError } from "../base/errors.ts";

/**
 * Which names the server answers to, and whose pages may write. A page of a stranger can point its own name at our
 * address (DNS rebinding) and can post forms at us (CSRF); the Host and Origin headers give both away.
 */

export interface Names {
  readonly publicUrl: string | null;
  readonly hostNames: readonly string[];
}

/** `host`: without port and brackets. `localAddress`: where the connection arrived, which no DNS answer can change. */
export function isOwnName(host: string, localAddress: string | undefined, names: Names): boolean {
  const name = bare(host).toLowerCase();
  if (name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."))) return true;
  if (localAddress !== undefined && name === localAddress.replace(/^::ffff:/, "").toLowerCase()) return true;
  if (names.publicUrl !== null && name === bare(new URL(names.publicUrl).hostname)) return true;
  return names.hostNames.some((own) => own.toLowerCase() === name);
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

export function requireOwnName(request: FastifyRequest, names: Names): void {
  const name = request.hostname;
  if (isOwnName(name, request.socket.localAddress, names)) return;
  throw new PortolanError("forbidden", "This server does not answer to that host name.", {
    details: { host: name.slice(0, 255) },
    hint: "Name it in the configuration (public URL or host names), or use the address itself.",
  });
}

/** Writes from a browser must come from our own pages. */
export function requireOwnOrigin(request: FastifyRequest, names: Names): void {
  const { origin } = request.headers;
  const site = request.headers["sec-fetch-site"];
  const isForeignSite = site !== undefined && site !== "same-origin" && site !== "none";
  if (!isForeignSite && (origin === undefined || isOwnOrigin(origin, request.host, names))) return;
  throw new PortolanError("forbidden", "This request comes from another site's page.");
}

function isOwnOrigin(origin: string, host: string, names: Names): boolean {
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin).host.toLowerCase();
  return (
    from === host.toLowerCase() ||
    (names.publicUrl !== null && from === new URL(names.publicUrl).host.toLowerCase())
  );
}

/** A write by cookie carries the session's CSRF token in a header, which no form and no foreign page can send. */
export function requireCsrfToken(request: FastifyRequest, secret: string, accounts: AccountBook): void {
  const given = request.headers["x-csrf-token"];
  if (typeof given === "string" && accounts.csrfTokenHolds(secret, given)) return;
  throw new PortolanError("forbidden", "The CSRF token is missing or wrong.", {
    hint: "Send the csrfToken of GET /api/v1/session as X-CSRF-Token.",
  });
}
