import assert from "node:assert/strict";
import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { endpointKey } from "../../src/model/endpoint.ts";
import type { Listener } from "../../src/model/listener.ts";
import type { Look } from "../../src/model/look.ts";
import { createNamespace, whyNoNamespaces } from "../support/namespace.ts";
import { converse } from "./conversation.ts";
import type { Conversation } from "./conversation.ts";
import { byPort, ofListeners, ofProc, ofSs } from "./truth.ts";

interface Answer {
  readonly look: Look;
  readonly listeners: readonly Listener[];
}

const script = (name: string): string => join(import.meta.dirname, name);
const pipes = { stdio: ["pipe", "pipe", "inherit"] } as const;
const inOrder = (listeners: readonly Listener[] = []): Listener[] =>
  listeners.toSorted((a, b) => (endpointKey(a) < endpointKey(b) ? -1 : 1));
const reason = whyNoNamespaces("ss", "sleep");

test(
  "every socket and pid that ss and /proc show is collected, at the first look and at every later one",
  {
    skip: reason,
    timeout: 120_000,
  },
  async (t) => {
    const inside = createNamespace();
    const other = createNamespace();
    // A device with a link-local address, whose zone is part of an endpoint.
    inside.run("ip", "link", "add", "veth0", "type", "veth", "peer", "name", "veth1");
    for (const device of ["veth0", "veth1"]) inside.run("ip", "link", "set", device, "up");
    inside.run("ip", "-6", "address", "add", "fe80::1234/64", "dev", "veth0", "nodad");
    const open: Conversation[] = [];
    t.after(async () => {
      for (const conversation of open.reverse()) await conversation.close();
      inside.close();
      other.close();
    });
    const start = (namespace: typeof inside, name: string, ...parameters: string[]): Conversation => {
      const child = namespace.spawn(process.execPath, [script(name), ...parameters], {
        stdio: [...pipes.stdio],
      });
      const conversation = converse(child);
      open.push(conversation);
      return conversation;
    };
    const crowd = start(inside, "crowd.ts", "lead", other.name);
    const { shell } = await crowd.ask<{ shell: number }>("ready");
    const watchers = {
      netlink: start(inside, "watcher.ts", "own", "ffi"),
      proc: start(inside, "watcher.ts", "own", "proc"),
      everywhere: start(other, "watcher.ts", "all", "ffi"),
      everywhereByProc: start(other, "watcher.ts", "all", "proc"),
    };

    const label = `netns:${inside.name}`;
    const agree = async (when: string): Promise<Record<string, Answer>> => {
      const answers: Record<string, Answer> = {};
      const sockets = ofSs(inside.run("ss", "-Htulnp"));
      const proc = ofProc(crowd.pid);
      for (const [name, watcher] of Object.entries(watchers)) {
        const answer = await watcher.ask<Answer>("look");
        answers[name] = answer;
        const own = answer.listeners.filter(
          ({ networkNamespace }) => networkNamespace === (name.startsWith("everywhere") ? label : null),
        );
        const seen = ofListeners(own);
        assert.deepEqual(seen, sockets, `${name}, ${when}: not as ss says`);
        assert.deepEqual(byPort(seen), proc, `${name}, ${when}: not as /proc says`);
      }
      return answers;
    };

    const first = await agree("first look");
    const all = first["netlink"]?.listeners ?? [];
    assert.ok(all.length >= 285, `${all.length} endpoints`);
    assert.ok(all.reduce((sum, { sockets }) => sum + sockets, 0) >= 297);
    assert.equal(first["netlink"]?.look.basis, "full");
    const at = (answer: Answer | undefined, port: number): Listener => {
      const found = answer?.listeners.find((listener) => listener.port === port);
      assert.ok(found, `port ${port}`);
      return found;
    };

    const reuse = at(first["netlink"], 7001);
    assert.equal(reuse.sockets, 4);
    assert.equal(reuse.processes.length, 4);
    assert.equal(at(first["netlink"], 7100).leaders.length, 1);
    assert.equal(at(first["netlink"], 7100).processes.length, 9);
    assert.match(
      at(first["netlink"], 7103).processes.at(-1)?.executablePath ?? "",
      /will be deleted \(deleted\)$/,
    );
    for (const { pid, executablePath, commandLine, startTimeMs } of at(first["netlink"], 7101).processes) {
      assert.equal(executablePath, readlinkSync(`/proc/${pid}/exe`));
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1).join(" ");
      assert.equal(commandLine, words);
      assert.ok(Math.abs((startTimeMs ?? 0) - Date.now()) < 120_000);
    }
    assert.deepEqual(
      inOrder(first["netlink"]?.listeners),
      inOrder(first["proc"]?.listeners),
      "both ways of looking give the same facts",
    );

    const second = await agree("second look");
    assert.equal(second["netlink"]?.look.basis, "same");
    assert.equal(second["proc"]?.look.basis, "same");

    const steps = ["pass", "inherit", "exec", "end-worker", "exchange", "udp-churn"] as const;
    for (const step of [...steps, ...steps.slice(1)].filter((name, index) => index < 6 || name !== "exec")) {
      await crowd.ask(step);
      const after = await agree(step);
      assert.equal(after["netlink"]?.look.basis, "delta", `${step} is a change`);
      if (step === "exec") {
        const program = at(after["netlink"], 7102).processes.find(({ pid }) => pid === shell);
        assert.equal(program?.commandLine, "sleep 1001");
        assert.equal(after["netlink"]?.look.listeners.length, 1, "a delta holds only what differs");
      }
    }
    const last = await agree("quiet again");
    assert.equal(last["netlink"]?.look.basis, "same");
  },
);
