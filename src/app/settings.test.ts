import assert from "node:assert/strict";
import test from "node:test";
import type { Writer } from "../store/store.ts";
import { settingsDefaults } from "./settings.ts";
import { configure, writeContext } from "./write-context.ts";

const noWriter = {} as Writer;
const aged = { eventsMs: 1, historyMs: 2, evidenceMs: 3, auditMs: 4 };

test("every age of the retention reaches what the housekeeping takes away, at the start and when it is changed", async () => {
  const told = ({ retention }: ReturnType<typeof writeContext>): unknown => {
    const { eventsMs, intervalsMs, evidenceMs, auditMs } = retention;
    return { eventsMs, historyMs: intervalsMs, evidenceMs, auditMs };
  };
  const context = writeContext(noWriter, { ...settingsDefaults, retention: aged });
  assert.deepEqual(told(context), aged);
  await configure(context, settingsDefaults);
  assert.deepEqual(told(context), settingsDefaults.retention);
});
