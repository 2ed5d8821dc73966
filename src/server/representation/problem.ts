import { z } from "zod";
import { consequences, type ErrorCode } from "../../base/errors.ts";

/** RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(consequences) as [ErrorCode, ...ErrorCode[]]),
    detail: z.string(),
    hint: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
    requestId: z.string(),
  })
  .meta({ id: "Problem", description: "Why a request was refused (RFC 9457)." });
