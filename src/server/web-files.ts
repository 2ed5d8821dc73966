import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { noSuchRoute, wrongMethod } from "./methods.ts";

/** The built UI: hashed files that never change, and one page that names them. */

const noncePlaceholder = "__CSP_NONCE__";
const nonceBytes = 16;
/** Vite puts a content hash into the name of everything here. */
const hashedFolder = "assets/";
const filesMax = 5_000;
const methods = ["GET", "HEAD"] as const;
/** Below it a file travels as it is. */
const gzipFromBytes = 2_048;

/** What a build of ours may hold. */
const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".woff2": "font/woff2",
};

/**
 * Nothing from anywhere else, no inline script. Styles: our files, and <style> elements that carry the nonce of this
 * very answer, which the component library makes at run time.
 */
function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const notBuiltPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Portolan</title>
<h1>The web UI is not built</h1>
<p>The API runs at <a href="/api/openapi.json">/api/openapi.json</a>. For the UI run <code>npm run build:web</code> and reload.</p>
<p lang="zh-CN">网页界面尚未构建。请运行 <code>npm run build:web</code> 后刷新本页。</p></html>
`;

/**
 * Answers every GET that no route of the API takes. `allowed`: the methods that the API takes at an address. Returns
 * those that this takes there.
 */
export function registerWebFiles(
  instance: FastifyInstance,
  folder: string | null,
  allowed: (path: string) => readonly string[],
): (path: string) => readonly string[] {
  const built = folder !== null && existsSync(join(folder, "index.html")) ? folder : null;
  const files = built === null ? new Map<string, WebFile>() : filesIn(built);
  const page = built === null ? notBuiltPage : readFileSync(join(built, "index.html"), "utf8");
  const isFile = (path: string): boolean => path !== "index.html" && files.has(path);
  const isMissing = (path: string): boolean =>
    path === "api" ||
    path.startsWith("api/") ||
    (!isFile(path) && (path.startsWith(hashedFolder) || extname(path) !== ""));
  instance.route({
    method: [...methods],
    url: "/*",
    schema: { hide: true },
    config: { access: "anyone" },
    handler: async (request, reply) => {
      const path = (request.params as { "*": string })["*"];
      const others = allowed(`/${path}`);
      if (others.length > 0) throw wrongMethod(others);
      if (isMissing(path)) throw noSuchRoute();
      const file = isFile(path) ? files.get(path) : undefined;
      if (file !== undefined) return sendFile(request, reply, file);
      return sendPage(reply, page, built === null ? 503 : 200);
    },
  });
  return (path) => (isMissing(path.slice(1)) ? [] : methods);
}

/** One file of the build, read when it is first asked for and kept: all of them are some 1.5 MB, compressed ones included. */
interface WebFile {
  readonly isHashed: boolean;
  readonly type: string;
  readonly content: () => Promise<Content>;
}

interface Content {
  readonly tag: string;
  readonly plain: Buffer;
  /** Null where it saves nothing. */
  readonly gzipped: Buffer | null;
}

async function readContent(path: string): Promise<Content> {
  const plain = await readFile(path);
  const packed = plain.length < gzipFromBytes ? plain : await promisify(gzip)(plain);
  const tag = createHash("sha256").update(plain).digest("base64url").slice(0, 22);
  return { tag, plain, gzipped: packed.length < plain.length ? packed : null };
}

async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { isHashed, type, content }: WebFile,
): Promise<FastifyReply> {
  const { tag, plain, gzipped } = await content();
  const packed =
    gzipped !== null &&
    /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/i.test(request.headers["accept-encoding"] ?? "");
  const etag = `"${tag}${packed ? "-gzip" : ""}"`;
  void reply
    .header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache")
    .header("vary", "accept-encoding")
    .header("etag", etag);
  if (request.headers["if-none-match"]?.split(/,\s*/).includes(etag) === true) return reply.code(304).send();
  if (packed) void reply.header("content-encoding", "gzip");
  return reply.type(type).send(packed ? gzipped : plain);
}

/** The same page for every address of the UI; the browser's router reads the rest. */
function sendPage(reply: FastifyReply, page: string, status: number): FastifyReply {
  const nonce = randomBytes(nonceBytes).toString("base64");
  return reply
    .code(status)
    .header("content-security-policy", pagePolicy(nonce))
    .header("cache-control", "no-store")
    .type("text/html; charset=utf-8")
    .send(page.replaceAll(noncePlaceholder, nonce));
}

/** The only names that are ever opened: what was there at the start, so that no path can lead elsewhere. */
function filesIn(folder: string): Map<string, WebFile> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    entries.slice(0, filesMax).map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = relative(folder, path);
      let read: Promise<Content> | undefined;
      const content = (): Promise<Content> => (read ??= readContent(path));
      const type = contentTypes[extname(name)] ?? "application/octet-stream";
      return [name, { isHashed: name.startsWith(hashedFolder), type, content }];
    }),
  );
}
