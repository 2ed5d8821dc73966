import { readFile } from "node:fs/promises";
import { z } from "zod";
import {
  setUpSteps,
  setUpWays,
  zabbixSetUp,
  zabbixTemplateFile,
  zabbixTemplateUrl,
} from "../../app/zabbix-set-up.ts";
import { canonicalAddress } from "../../base/ip.ts";
import { route } from "../route.ts";

const address = z
  .string()
  .max(64)
  .transform((text, context) => {
    const canonical = canonicalAddress(text);
    if (canonical !== undefined) return canonical;
    context.addIssue({ code: "custom", message: "an IP address" });
    return z.NEVER;
  })
  .optional();

const setUpSchema = z
  .object({
    steps: z.array(
      z.object({
        id: z.enum(setUpSteps),
        way: z
          .enum(setUpWays)
          .meta({ description: "What the step belongs to; of one way they stand together" }),
        file: z.string().nullable().meta({ description: "Where the text goes; null: it is a command" }),
        text: z.string(),
      }),
    ),
    examples: z.array(z.string()).meta({ description: "Addresses in the texts that are to be replaced" }),
    templateUrl: z.string(),
  })
  .meta({ id: "ZabbixSetUp" });

export const integrationRoutes = [
  route({
    method: "GET",
    url: "/api/v1/integrations/zabbix",
    access: "read",
    name: "readZabbixSetUp",
    summary: "What to paste so that Zabbix gets its figures, with what is configured already",
    query: z.strictObject({
      host: address.meta({ description: "Address on which the agent of the watched host shall answer" }),
      zabbix: address.meta({ description: "Address of the Zabbix server" }),
    }),
    answer: setUpSchema,
    handle: async ({ server, query, request }) => ({
      ...zabbixSetUp({
        program: server.setUp.program,
        url: server.setUp.publicUrl ?? `${request.protocol}://${request.host}`,
        zabbix: server.setUp.zabbix,
        host: query.host ?? null,
        zabbixServer: query.zabbix ?? null,
      }),
      templateUrl: zabbixTemplateUrl,
    }),
  }),
  route({
    method: "GET",
    url: zabbixTemplateUrl,
    access: "read",
    name: "readZabbixTemplate",
    summary: "The template for Zabbix 6.0 and newer, to be imported there",
    answer: { media: ["application/yaml"] },
    handle: async ({ reply }) =>
      reply
        .header("content-disposition", 'attachment; filename="portolan.yaml"')
        .header("cache-control", "no-cache")
        .type("application/yaml; charset=utf-8")
        .send(await readFile(zabbixTemplateFile)),
  }),
];
