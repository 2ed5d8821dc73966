import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { consequences, PortolanError, type ErrorCode } from "../base/errors.ts";

/** RFC 9457 problem details. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly hint?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly requestId: string;
}

const titles: Readonly<Record<ErrorCode, string>> = {
  invalid: "The request is not right",
  unauthenticated: "Not signed in",
  forbidden: "Not allowed",
  "not-found": "Not found",
  conflict: "Conflict",
  unavailable: "Not available now",
  internal: "Internal error",
};

export const problemType = "application/problem+json; charset=utf-8";
const retryAfterSecondsDefault = 2;

/** What the framework refuses by itself, in words of ours. Anything else of its 4xx is `invalid` as it stands. */
const frameworkDetails: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "The body is too large, as sent or inflated.",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "This content type is not read here; send application/json.",
  FST_ERR_CTP_EMPTY_JSON_BODY: "The body is empty.",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "The body is not as long as Content-Length says.",
  FST_ERR_CTP_INVALID_JSON_BODY: "The body is not JSON.",
  FST_ERR_BAD_URL: "The path is not well-formed.",
  FST_ERR_MAX_PARAM_LENGTH: "A part of the path is too long.",
  FST_CP_ERR_INVALID_CONTENT_ENCODING: "This content encoding is not read here; send gzip or none.",
  FST_CP_ERR_INVALID_CONTENT: "The body cannot be inflated.",
};

export function toProblem(error: unknown, requestId: string): Problem {
  if (error instanceof PortolanError) return fromOwn(error, requestId);
  if (hasZodFastifySchemaValidationErrors(error)) {
    return problem("invalid", 400, "The request does not fit what this route takes.", requestId, {
      hint: "See /api/openapi.json for what is allowed.",
      details: {
        in: error.validationContext,
        issues: error.validation.slice(0, issuesMax).map((issue) => ({
          path: issue.instancePath,
          message: issue.message,
          ...allowed(issue.params),
        })),
      },
    });
  }
  const { statusCode = 500, code = "", message } = error as Partial<FastifyError>;
  if (statusCode >= 400 && statusCode < 500) {
    const detail = frameworkDetails[code] ?? (message === undefined ? "Bad request." : plain(message));
    return problem(codeOf(statusCode), statusCode, detail, requestId);
  }
  return problem("internal", 500, "The server failed at this; its log says why.", requestId, {
    hint: `Look for requestId ${requestId} in the server's log.`,
  });
}

const issuesMax = 20;

function fromOwn(error: PortolanError, requestId: string): Problem {
  const { httpStatus } = consequences[error.code];
  if (error.code === "internal") {
    return problem("internal", httpStatus, "The server failed at this; its log says why.", requestId);
  }
  const { httpStatus: given, ...details } = error.details;
  const status =
    details["reason"] === "too-many-tries" ? 429 : typeof given === "number" ? given : httpStatus;
  return problem(error.code, status, error.message, requestId, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  });
}

function problem(
  code: ErrorCode,
  status: number,
  detail: string,
  requestId: string,
  more: Partial<Problem> = {},
): Problem {
  return { type: "about:blank", title: titles[code], status, code, detail, ...more, requestId };
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return "unauthenticated";
  if (status === 403) return "forbidden";
  if (status === 404) return "not-found";
  return status === 429 ? "unavailable" : "invalid";
}

/** What zod says is allowed, as far as it says it; never the value that was given. */
function allowed(params: Record<string, unknown>): Record<string, unknown> {
  const issue = (params["issue"] ?? params) as Record<string, unknown>;
  const said = ["expected", "values", "minimum", "maximum", "keys", "format"].filter((key) => key in issue);
  return Object.fromEntries(said.map((key) => [key, issue[key]]));
}

/** A framework's sentence without control characters and of bounded length. */
function plain(message: string): string {
  return message.replace(/[\u0000-\u001f\u007f-\u009f]/g, "�").slice(0, 300);
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 401) void reply.header("www-authenticate", 'Bearer realm="portolan"');
  if (problem.status === 503 || problem.status === 429) {
    const waitMs = problem.details?.["retryAfterMs"];
    const seconds =
      typeof waitMs === "number" ? Math.max(1, Math.ceil(waitMs / 1_000)) : retryAfterSecondsDefault;
    if (!reply.hasHeader("retry-after")) void reply.header("retry-after", seconds);
  }
  const allow = problem.details?.["allow"];
  if (problem.status === 405 && Array.isArray(allow)) void reply.header("allow", allow.join(", "));
  return reply
    .code(problem.status)
    .header("cache-control", "no-store")
    .type(problemType)
    .serializer(JSON.stringify)
    .send(problem);
}

/** The one place where a failure becomes an answer; what is our fault is logged with its cause. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = toProblem(error, request.id);
  if (answer.code === "internal") {
    request.log.error({ err: error, route: request.routeOptions.url }, "request failed");
  } else {
    request.log.debug({ code: answer.code, detail: answer.detail }, "request refused");
  }
  return sendProblem(reply, answer);
}
