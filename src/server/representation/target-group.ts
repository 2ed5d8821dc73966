import { z } from "zod";

export const targetGroupsSchema = z.array(
  z
    .object({
      targets: z.array(z.string()).meta({ description: "One address:port" }),
      labels: z
        .record(z.string(), z.string())
        .meta({ description: "`__meta_portolan_…`: what is known of the endpoint and its host" }),
    })
    .meta({ id: "TargetGroup", description: "As Prometheus' http_sd_configs reads it" }),
);
