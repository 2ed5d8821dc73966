import assert from "node:assert/strict";
import test from "node:test";
import { readCgroup } from "./cgroup.ts";
import { readMachineId, readOperatingSystem } from "./identity.ts";
import {
  bootTimeMs,
  commandLineText,
  createProcessReader,
  readArguments,
  readStat,
  readUid,
} from "./process-facts.ts";
import { nodeProcFs } from "./proc-fs-node.ts";
import { processName } from "./process-name.ts";
import { canReadEveryProcess, hidesProcesses, obstacleOf } from "./rights.ts";
import { createUsers, readPasswd } from "./users.ts";

test("the name of a process is its title's role, its argument 0, its script or its executable, never 15 bytes of it", () => {
  const cases: readonly (readonly [string, string | null, string, string])[] = [
    [
      "nginx: master process /usr/sbin/nginx -g daemon off;",
      "/usr/sbin/nginx",
      "nginx",
      "nginx: master process",
    ],
    ["nginx: worker process\0\0\0", "/usr/sbin/nginx", "nginx", "nginx: worker process"],
    [
      "php-fpm: master process (/etc/php/fpm.conf)",
      "/usr/sbin/php-fpm8.2",
      "php-fpm8.2",
      "php-fpm: master process",
    ],
    ["sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", "/usr/sbin/sshd", "sshd", "sshd"],
    [
      "postgres: 15/main: walwriter ",
      "/usr/lib/postgresql/15/bin/postgres",
      "postgres",
      "postgres: 15/main: walwriter",
    ],
    ["/usr/bin/redis-server 127.0.0.1:6379", "/usr/bin/redis-server", "redis-server", "redis-server"],
    [
      "/lib/systemd/systemd-resolved\0",
      "/usr/lib/systemd/systemd-resolved",
      "systemd-resolve",
      "systemd-resolved",
    ],
    ["/usr/bin/python3\0/usr/bin/gunicorn\0app\0", "/usr/bin/python3.11", "gunicorn", "gunicorn"],
    ["node\0server.js\0", "/usr/bin/node", "node-MainThread", "node"],
    ["httpd\0-f\0", "/bin/busybox", "httpd", "httpd"],
    ["/opt/My App/server", "/opt/My App/server", "server", "server"],
    ["", null, "kworker/0:1", "kworker/0:1"],
    ["", "/usr/bin/a-rather-long-program", "a-rather-long-p", "a-rather-long-program"],
  ];
  for (const [commandLine, executable, kernelName, expected] of cases) {
    assert.equal(processName(commandLine, executable, kernelName), expected, commandLine);
  }
});

test("fields of stat are counted from the last parenthesis", () => {
  const stat = readStat("7 (a) b (c) S 1 7 7 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 48213 0 0");
  assert.deepEqual(stat, {
    kernelName: "a) b (c",
    parentPid: 1,
    startTicks: 48213,
    kernelThread: false,
    ended: false,
  });
  assert.equal(
    readStat("7 (kworker) I 2 0 0 0 -1 69238880 0 0 0 0 0 0 0 0 20 0 1 0 9 0 0")?.kernelThread,
    true,
  );
  assert.equal(readStat("7 (x) Z 1"), undefined);
  assert.equal(readStat(""), undefined);
});

test("the effective uid counts, and boot time is in seconds", () => {
  assert.equal(readUid("Name:\tx\nUid:\t0\t33\t0\t0\n"), 33);
  assert.equal(readUid("nothing"), undefined);
  assert.equal(bootTimeMs("cpu 1\nbtime 1700000000\n"), 1_700_000_000_000);
});

test("a command line is joined by blanks, made safe and cut with a mark", () => {
  const shown = (bytes: string | Buffer): string | null => commandLineText(readArguments(Buffer.from(bytes)));
  assert.equal(shown("/bin/x\0-a\0b c\0"), "/bin/x -a b c");
  assert.equal(shown("\0\0"), null);
  assert.equal(shown("a\u001b[31m\nb\0\u200b\u202e"), "a\\x1b[31m\\x0ab \\u200b\\u202e");
  assert.equal(shown(Buffer.from([0x61, 0xff, 0, 0xe2, 0x80])), "a\\xff \\xe2\\x80");
  for (const long of [
    "x".repeat(1_000_000),
    "x\0".repeat(10_000),
    "\u200b".repeat(10_000),
    "😀".repeat(9_000),
  ]) {
    const cut = shown(long) ?? "";
    assert.ok(cut.length === 4096 || cut.length === 4095);
    assert.ok(cut.endsWith("…"));
  }
});

/** Of CPU: reading is linear and takes milliseconds; a pattern that begins anew at each blank takes half a minute. */
const hangMs = 8_000;

test("a command line of blanks and empty arguments costs no more than any other", () => {
  for (const filling of ["\0", " "]) {
    const text = `x${filling.repeat(200_000)}x`;
    const before = process.cpuUsage();
    commandLineText(readArguments(Buffer.from(text)));
    commandLineText(text);
    processName(text, null, "x");
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1000 < hangMs);
  }
});

const id = "0123456789abcdef".repeat(4);

test("unit and container stand in the cgroup path of every runtime", () => {
  const cases: readonly (readonly [string, string | null, string | null])[] = [
    ["0::/system.slice/nginx.service", "nginx.service", null],
    ["0::/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", null],
    ["0::/user.slice/user-1000.slice/user@1000.service/app.slice/web.service", "web.service", null],
    ["0::/user.slice/user-0.slice/session-3.scope", "session-3.scope", null],
    [`0::/system.slice/docker-${id}.scope`, `docker-${id}.scope`, id],
    [`12:pids:/docker/${id}\n1:name=systemd:/docker/${id}`, null, id],
    [
      `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-${id}.scope`,
      `cri-containerd-${id}.scope`,
      id,
    ],
    [`5:memory:/kubepods/besteffort/pod8f9e/${id}\n0::/`, null, id],
    [`0::/kubepods.slice/crio-${id}.scope`, `crio-${id}.scope`, id],
    [`0::/kubepods.slice/crio-conmon-${id}.scope`, `crio-conmon-${id}.scope`, null],
    [`0::/machine.slice/libpod-${id}.scope/container`, `libpod-${id}.scope`, id],
    [`0::/default/${id}`, null, id],
    [`0::/docker/${id}/docker/${"f".repeat(64)}`, null, "f".repeat(64)],
    [`0::/docker/${id}/system.slice/nginx.service`, "nginx.service", id],
    ["9:name=systemd:/\n0::/", null, null],
    ["", null, null],
  ];
  for (const [text, unit, containerId] of cases)
    assert.deepEqual(readCgroup(text), { unit, containerId }, text);
});

test("users have names, or keep their number", () => {
  const names = readPasswd("root:x:0:0::/root:/bin/sh\nbroken\nwww-data:x:33:33::/:/\ntoor:x:0:0::/:/\n");
  assert.deepEqual(
    [...names],
    [
      [0, "root"],
      [33, "www-data"],
    ],
  );
  assert.equal(createUsers("/nonexistent").nameOf(4711), "4711");
});

test("rights need ptrace and search at once", () => {
  assert.equal(canReadEveryProcess("CapEff:\t000001ffffffffff\n"), true);
  assert.equal(canReadEveryProcess("CapEff:\t0000000000080000\n"), false);
  assert.equal(canReadEveryProcess("CapEff:\t0000000000080004\n"), true);
  assert.equal(canReadEveryProcess("CapEff:\t0000000000000000\n"), false);
  assert.equal(canReadEveryProcess(""), false);
});

test("what stands in the way is a missing right, or a process that refuses even who has them all", () => {
  const rights = { complete: false, hidden: false };
  assert.equal(obstacleOf(rights, 1), "rights");
  assert.equal(obstacleOf({ ...rights, hidden: true }, 0), "rights");
  assert.equal(obstacleOf(rights, 0), null, "nothing was refused, and nothing is hidden");
  assert.equal(obstacleOf({ complete: true, hidden: true }, 0), null);
  assert.equal(obstacleOf({ complete: true, hidden: false }, 1), "refusal");
  const mount = (options: string): string =>
    `22 1 8:1 / / rw - ext4 /dev/sda rw\n23 22 0:21 / /proc rw,nosuid shared:5 - proc proc ${options}\n`;
  assert.equal(hidesProcesses(mount("rw")), false);
  assert.equal(hidesProcesses(mount("rw,hidepid=off")), false);
  assert.equal(hidesProcesses(mount("rw,hidepid=0,gid=5")), false);
  assert.equal(hidesProcesses(mount("rw,gid=5,hidepid=invisible")), true);
  assert.equal(hidesProcesses(mount("rw,hidepid=2")), true);
  assert.equal(hidesProcesses(""), true);
});

test("machine-id and system name are read as the files write them", () => {
  assert.equal(readMachineId(`${"a1".repeat(16)}\n`), "a1".repeat(16));
  assert.equal(readMachineId("uninitialized\n"), null);
  assert.equal(readOperatingSystem('NAME="x"\nPRETTY_NAME="Debian GNU/Linux 12"\n'), "Debian GNU/Linux 12");
  assert.equal(readOperatingSystem("PRETTY_NAME=Alpine\n"), "Alpine");
  assert.equal(readOperatingSystem(""), null);
});

test(
  "our own facts are what Node says of us",
  { skip: process.platform !== "linux" && "needs /proc" },
  () => {
    const reader = createProcessReader(nodeProcFs(), createUsers());
    const own = reader.facts(process.pid)?.process;
    assert.equal(own?.pid, process.pid);
    assert.equal(own?.parentPid, process.ppid);
    assert.equal(own?.executablePath, process.execPath);
    const startedMs = Date.now() - process.uptime() * 1000;
    assert.ok(Math.abs((own?.startTimeMs ?? 0) - startedMs) < 2000);
    assert.equal(reader.facts(process.pid)?.process.startTimeMs, own?.startTimeMs);
  },
);
