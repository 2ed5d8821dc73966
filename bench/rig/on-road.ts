import { createRoad, type Road } from "../../test/scan/road.ts";
import { whyNoNamespaces } from "../../test/support/namespace.ts";

/** Runs a bench on a road of its own, which is torn down whatever happens; says what it lacks where it cannot run. */
export async function onRoad(
  programs: readonly string[],
  bench: (road: Road) => Promise<void>,
): Promise<void> {
  const reason = whyNoNamespaces(...programs);
  if (reason !== undefined) return console.log(`skipped: ${reason}`);
  const road = createRoad();
  try {
    await bench(road);
  } finally {
    road.close();
  }
}
