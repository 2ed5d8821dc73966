import assert from "node:assert/strict";
import test from "node:test";
import { expositionOf } from "./exposition-format.ts";

test("OpenMetrics comes where it is asked for and nothing else is wanted more", () => {
  const prometheus =
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
  assert.equal(expositionOf(prometheus), "openmetrics");
  assert.equal(expositionOf("application/openmetrics-text"), "openmetrics");
  for (const accept of [
    undefined,
    "",
    "*/*",
    "text/plain",
    "application/openmetrics-text;q=0",
    "application/openmetrics-text;q=0.5, text/plain",
    "application/openmetrics-text;q=many",
    ";;;,,,q=",
  ])
    assert.equal(expositionOf(accept), "prometheus", String(accept));
});
