import { join } from "node:path";
import type { HealthReport } from "../../app/views.ts";
import { answersOn } from "../control-socket.ts";
import { controlSocketName } from "../data-folder.ts";
import { bad, good } from "./check.ts";
import type { Check } from "./check.ts";

/** What the server that runs on this folder says of itself: here as on its health page. */
export const checkServer: Check = async ({ say, folder }) => {
  const socketPath = join(folder, controlSocketName);
  if (!(await answersOn(socketPath))) return good("server", say("doctor.server-absent"));
  const { createApiClient } = await import("../api-client.ts");
  const { status, checks } = (await createApiClient({ socketPath }, say).get("/health")) as HealthReport;
  if (status === "ok") return good("server", say("doctor.server-good"));
  const wrong = checks.filter((check) => check.status !== "ok");
  const said = wrong.map(({ what }) => what).join(" ");
  const mend = wrong.flatMap((check) => check.mend ?? []).join(" ");
  return bad("server", status === "failing" ? "broken" : "limited", said, mend);
};
