import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { PortolanError } from "../base/errors.ts";

/** 256 bits: nothing to guess. */
const secretBytes = 32;
export const tokenPrefix = "ptl_";

export function newSecret(prefix = ""): string {
  return prefix + randomBytes(secretBytes).toString("base64url");
}

/** How secrets of our own making are stored: they are random, so one fast hash is enough. */
export function secretHash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** In constant time for texts of one length. */
export function sameSecret(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(secretHash(a)), Buffer.from(secretHash(b))];
  return timingSafeEqual(x, y);
}

/** Bound to the session, so that it needs no place of its own; says nothing of the secret. */
export function csrfTokenOf(sessionSecret: string): string {
  return createHash("sha256").update(`csrf\n${sessionSecret}`).digest("base64url");
}

/** OWASP Password Storage Cheat Sheet, scrypt: N = 2^15, r = 8, p = 3 (32 MB, about 0.2 s). */
const work = { log2N: 15, r: 8, p: 3 };
const saltBytes = 16;
const hashBytes = 32;
const phcPattern = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

export const passwordCharactersMin = 10;
export const passwordCharactersMax = 1_024;

/** PHC string. Runs in libuv's thread pool. */
export async function hashPassword(password: string): Promise<string> {
  const { log2N, r, p } = work;
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, salt, hashBytes, log2N, r, p);
  return `$scrypt$ln=${log2N},r=${r},p=${p}$${base64(salt)}$${base64(hash)}`;
}

/** With `stored` undefined it takes as long and answers false: who has an account stays unsaid. */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const match = phcPattern.exec(stored ?? "");
  if (match === null) {
    await derive(password, Buffer.alloc(saltBytes), hashBytes, work.log2N, work.r, work.p);
    return false;
  }
  const [, log2N = "", r = "", p = "", salt = "", hash = ""] = match;
  const expected = Buffer.from(hash, "base64");
  const found = await derive(
    password,
    Buffer.from(salt, "base64"),
    expected.length,
    Number(log2N),
    Number(r),
    Number(p),
  );
  return timingSafeEqual(expected, found);
}

export function requirePassword(password: string): void {
  if (password.length >= passwordCharactersMin && password.length <= passwordCharactersMax) return;
  throw new PortolanError(
    "invalid",
    `A password has ${passwordCharactersMin} to ${passwordCharactersMax} characters.`,
    {
      hint: "A sentence is long and easy to keep in mind.",
      details: { field: "password" },
    },
  );
}

function derive(
  password: string,
  salt: Buffer,
  length: number,
  log2N: number,
  r: number,
  p: number,
): Promise<Buffer> {
  const options = { N: 2 ** log2N, r, p, maxmem: 256 * 2 ** log2N * r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, length, options, (error, hash) =>
      error ? reject(error) : resolve(hash),
    );
  });
}

/** PHC strings carry no padding. */
function base64(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
