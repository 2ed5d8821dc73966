import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "json-schema-to-typescript";
import { describeApi, type OpenApiDocument } from "../src/server/openapi.ts";
import { routeList } from "../src/server/route-list.ts";

/** Writes `web/api/schema.ts`: what the UI may expect of the API, from the API's own description. */

const root = join(import.meta.dirname, "..");

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: object;
    readonly description?: string;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

const closed = (properties: Record<string, object>, required = Object.keys(properties)): object => ({
  type: "object",
  additionalProperties: false,
  properties,
  required,
});

function parametersOf(operation: Operation, place: string): object | undefined {
  const found = (operation.parameters ?? []).filter((parameter) => parameter.in === place);
  if (found.length === 0) return undefined;
  const required = found.filter((parameter) => parameter.required).map((parameter) => parameter.name);
  return closed(Object.fromEntries(found.map(({ name, schema }) => [name, schema])), required);
}

function operationSchema(path: string, method: string, operation: Operation): object {
  const answer = Object.entries(operation.responses).find(([status]) => status.startsWith("2"))?.[1];
  const query = parametersOf(operation, "query");
  const params = parametersOf(operation, "path");
  const body = operation.requestBody?.content["application/json"]?.schema;
  return {
    ...closed({
      method: { const: method.toUpperCase() },
      path: { const: path },
      ...(params && { params }),
      ...(query && { query }),
      ...(body && { body }),
      answer: answer?.content?.["application/json"]?.schema ?? { type: "null" },
    }),
    description: operation.summary,
  };
}

export async function apiTypes(document: OpenApiDocument): Promise<string> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, value]) => {
      const operation = value as Operation;
      return [operation.operationId, operationSchema(path, method, operation)] as const;
    }),
  );
  const schema = {
    ...closed(Object.fromEntries(operations)),
    description: "Every call of the API by its name.",
    definitions: document.components.schemas,
  };
  const text = JSON.stringify(schema).replaceAll("#/components/schemas/", "#/definitions/");
  return compile(JSON.parse(text), "Operations", {
    bannerComment: "// Written by scripts/api-types.ts from the API's description. Do not edit.",
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    unknownAny: true,
    unreachableDefinitions: true,
    style: { printWidth: 110 },
  });
}

if (import.meta.main) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const target = process.argv[2] ?? join(root, "web/api/schema.ts");
  writeFileSync(target, await apiTypes(await describeApi(version, routeList)));
}
