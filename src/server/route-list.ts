import type { Route } from "./route.ts";
import { auditRoutes } from "./routes/audit.ts";
import { blockRoutes } from "./routes/blocks.ts";
import { connectionRoutes } from "./routes/connections.ts";
import { descriptionRoutes } from "./routes/description.ts";
import { eventRoutes } from "./routes/events.ts";
import { healthRoutes } from "./routes/health.ts";
import { hostRoutes } from "./routes/hosts.ts";
import { importRoutes } from "./routes/imports.ts";
import { integrationRoutes } from "./routes/integrations.ts";
import { intakeRoutes } from "./routes/intake.ts";
import { overviewRoutes } from "./routes/overview.ts";
import { portRoutes } from "./routes/ports.ts";
import { prometheusRoutes } from "./routes/prometheus.ts";
import { scanNodeRoutes } from "./routes/scan-node.ts";
import { scanRoutes } from "./routes/scans.ts";
import { sessionRoutes } from "./routes/session.ts";
import { setupRoutes } from "./routes/setup.ts";
import { streamRoutes } from "./routes/stream.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { userRoutes } from "./routes/users.ts";

/** Everything that the server answers besides the UI's files, in the order of the description. */
export const routeList: readonly Route[] = [
  ...overviewRoutes,
  ...portRoutes,
  ...eventRoutes,
  ...hostRoutes,
  ...connectionRoutes,
  ...prometheusRoutes,
  ...blockRoutes,
  ...scanRoutes,
  ...importRoutes,
  ...integrationRoutes,
  ...streamRoutes,
  ...intakeRoutes,
  ...scanNodeRoutes,
  ...setupRoutes,
  ...sessionRoutes,
  ...userRoutes,
  ...tokenRoutes,
  ...auditRoutes,
  ...healthRoutes,
  ...descriptionRoutes,
];
