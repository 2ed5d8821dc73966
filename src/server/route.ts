import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Access } from "./access.ts";
import type { Server } from "./state.ts";

/** Answers come from read-only rows; the representation only says which fields leave the house. */
type Frozen<Value> = Value extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
    : Value;

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

export interface Call<Params, Query, Body> {
  readonly server: Server;
  readonly params: Parsed<Params>;
  readonly query: Parsed<Query>;
  readonly body: Parsed<Body>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** How an answer that is not JSON is named in the API description. */
export interface MediaAnswer {
  readonly media: readonly string[];
}

interface RouteDefinition<Params, Query, Body, Answer> {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly url: string;
  readonly access: Access;
  /** operationId: verb and noun. */
  readonly name: string;
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** `null`: 204 without a body. */
  readonly answer: Answer;
  readonly status?: 200 | 201;
  /** The body reaches the handler as bytes: it is read elsewhere. */
  readonly rawBody?: boolean;
  /** Names the limit of tries per peer that holds for this route. */
  readonly guessable?: boolean;
  readonly handle: (
    call: Call<Params, Query, Body>,
  ) => Promise<Answer extends z.ZodType ? Frozen<z.output<Answer>> : FastifyReply | void>;
}

/** A route with its types erased, as the ordered list holds it. */
export interface Route extends Omit<
  RouteDefinition<z.ZodType, z.ZodType, z.ZodType, z.ZodType | MediaAnswer | null>,
  "handle"
> {
  readonly handle: (call: Call<never, never, never>) => Promise<unknown>;
}

export function route<
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
  Answer extends z.ZodType | MediaAnswer | null = null,
>(definition: RouteDefinition<Params, Query, Body, Answer>): Route {
  return definition as unknown as Route;
}
