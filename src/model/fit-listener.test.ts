import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { listener, process } from "../../test/support/listener.ts";
import { endpointKey, tryParseEndpointKey } from "./endpoint.ts";
import { fitListener } from "./fit-listener.ts";
import { intakeProcessesPerListenerMax } from "./intake.ts";
import { createListenerCheck } from "./listener-check.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("", "\u200b", "\u202e", "\u001b[2J", "a]b", "a:b@c", " ", "\ud800", "x".repeat(10_000)),
);

test("whatever text a host holds, its listeners are taken by the intake, under a key that can be read", () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 8, maxLength: 8 }), fc.double(), (texts, time) => {
      const [name = "", executablePath, commandLine, user, unit, device, namespace, why] = texts;
      const fitted = fitListener(
        listener(
          { interface: device ?? null, networkNamespace: namespace ?? null, address: "::" },
          [
            process(9, "b"),
            process(5, name, {
              executablePath: executablePath ?? null,
              commandLine: commandLine ?? null,
              user: user ?? null,
              unit: unit ?? null,
              startTimeMs: time,
              containerId: name,
            }),
          ],
          { ownerUnknown: why ?? null, leaders: [9, 5] },
        ),
      );
      assert.ok(createListenerCheck()(fitted), JSON.stringify(fitted).slice(0, 2_000));
      assert.equal(endpointKey(tryParseEndpointKey(endpointKey(fitted)) ?? fitted), endpointKey(fitted));
      assert.ok(tryParseEndpointKey(endpointKey(fitted)));
    }),
    { numRuns: 1_000 },
  );
});

test("of too many holders those that lead are kept, and the rest is counted", () => {
  const many = Array.from({ length: intakeProcessesPerListenerMax + 10 }, (_, index) =>
    process(index + 1, "worker"),
  );
  const fitted = fitListener(listener({}, many, { leaders: [many.length] }));
  assert.equal(fitted.processes.length, intakeProcessesPerListenerMax);
  assert.deepEqual(fitted.leaders, [many.length]);
  assert.equal(fitted.ownerUnknown, "10 more processes hold it");
  assert.ok(createListenerCheck()(fitted));
});

test("a listener that fits stays as it is", () => {
  const served = listener({}, [process(5, "served")]);
  assert.deepEqual(fitListener(served), served);
});
