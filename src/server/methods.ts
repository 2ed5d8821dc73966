import { PortolanError } from "../base/errors.ts";

interface Known {
  readonly method: string;
  readonly url: string;
}

/** What else may be asked of an address that this method does not reach: RFC 9110 §15.5.6 wants it named. */
export function methodsAt(known: readonly Known[]): (path: string) => readonly string[] {
  const routes = known.map(({ method, url }) => ({ method, pattern: patternOf(url) }));
  return (path) => routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
}

/** `/api/v1/ports/:id`: any one part in place of the name. */
function patternOf(url: string): RegExp {
  const parts = url.split("/").map((part) => (part.startsWith(":") ? "[^/]+" : part.replaceAll(".", "\\.")));
  return new RegExp(`^${parts.join("/")}$`);
}

/** `Allow` is made from the details, where every answer is made. */
export function wrongMethod(allow: readonly string[]): PortolanError {
  return new PortolanError("invalid", "This address does not take this method.", {
    hint: `Allowed: ${allow.join(", ")}.`,
    details: { httpStatus: 405, allow },
  });
}

export function noSuchRoute(): PortolanError {
  return new PortolanError("not-found", "There is nothing at this address.");
}
