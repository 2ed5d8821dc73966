import assert from "node:assert/strict";
import test from "node:test";
import { ownerKey, ownerLabel, ownerOf, ownersMax, ownersOf, sameOwner } from "./owner.ts";
import type { Process } from "./process.ts";

const at = (
  executablePath: string | null,
  commandLine: string | null,
  more: Partial<Process> = {},
): Process => ({
  pid: 100,
  parentPid: 1,
  name: (executablePath ?? "").split("/").at(-1) ?? "",
  executablePath,
  commandLine,
  startTimeMs: 1,
  user: "www-data",
  unit: null,
  containerId: null,
  ...more,
});
const key = (process: Process): string => ownerKey(ownerOf(process));

const python = (commandLine: string, more: Partial<Process> = {}): Process =>
  at("/usr/bin/python3.11", `/usr/bin/python3 ${commandLine}`, more);

/** Two looks at one owner. */
const alike: readonly (readonly [title: string, before: Process, after: Process])[] = [
  [
    "nginx after a reload or restart",
    at("/usr/sbin/nginx", "nginx: master process /usr/sbin/nginx", { name: "nginx: master process", pid: 1 }),
    at("/usr/sbin/nginx", "nginx: master process /usr/sbin/nginx -g daemon on;", {
      pid: 9_999,
      startTimeMs: 5,
    }),
  ],
  [
    "a master and its worker",
    at("/usr/sbin/nginx", "nginx: master process"),
    at("/usr/sbin/nginx", "nginx: worker process", { name: "nginx: worker process" }),
  ],
  [
    "an executable that an upgrade replaced",
    at("/usr/sbin/sshd (deleted)", "sshd: /usr/sbin/sshd -D"),
    at("/usr/sbin/sshd", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"),
  ],
  ["a script with other options", python("/srv/app.py --workers 2"), python("-u /srv/app.py --workers 4")],
  [
    "an interpreter of a newer version",
    python("/srv/app.py"),
    at("/usr/bin/python3.12", "/usr/bin/python3 /srv/app.py"),
  ],
  [
    "a newer Java",
    at("/usr/lib/jvm/java-17-openjdk-amd64/bin/java", "java -Xmx1g -jar /opt/app.jar"),
    at("/usr/lib/jvm/java-21-openjdk-amd64/bin/java", "java -Xmx4g -Dx=y -jar /opt/app.jar --port 80"),
  ],
  [
    "a newer Node under nvm",
    at("/home/app/.nvm/versions/node/v24.1.0/bin/node", "node --max-old-space-size=512 /srv/server.js"),
    at("/home/app/.nvm/versions/node/v24.9.3/bin/node", "node /srv/server.js --port 3000"),
  ],
  [
    "a worker whose code holds descriptors",
    python("-c from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5, pipe_handle=7)"),
    python("-c from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=8, pipe_handle=11)"),
  ],
  [
    "a login session scope that changed",
    at("/usr/bin/redis-server", "redis-server *:6379", { unit: "session-3.scope" }),
    at("/usr/bin/redis-server", "redis-server *:6379", { unit: "session-71.scope" }),
  ],
  [
    "a container that was created again",
    at("/usr/bin/redis-server", "redis-server", { containerId: "a".repeat(64) }),
    at("/usr/bin/redis-server", "redis-server", { containerId: "b".repeat(64) }),
  ],
  [
    "nc with other arguments",
    at("/usr/bin/nc.openbsd", "nc -l 99"),
    at("/usr/bin/nc.openbsd", "nc -lk 0.0.0.0 99"),
  ],
  [
    "socat with other arguments",
    at("/usr/bin/socat", "socat TCP-LISTEN:99 -"),
    at("/usr/bin/socat", "socat TCP-LISTEN:99,fork EXEC:cat"),
  ],
];

for (const [title, before, after] of alike) {
  test(`one owner: ${title}`, () => {
    assert.equal(key(before), key(after));
    assert.ok(sameOwner(ownerOf(before), ownerOf(after)));
  });
}

/** Equal as far as is known, though the keys differ. */
const agreeing: readonly (readonly [title: string, before: Process, after: Process])[] = [
  [
    "started by the service manager, then by hand",
    at("/usr/sbin/nginx", "nginx", { unit: "nginx.service" }),
    at("/usr/sbin/nginx", "nginx"),
  ],
  [
    "a user that could not be read",
    at("/usr/sbin/nginx", "nginx"),
    at("/usr/sbin/nginx", "nginx", { user: null }),
  ],
  [
    "a path that could not be read",
    at("/usr/sbin/nginx", "nginx"),
    at(null, null, { name: "nginx: master process /usr/sbin/nginx" }),
  ],
  [
    "a name that the kernel cut",
    at("/usr/sbin/systemd-resolved-x", "x"),
    at(null, null, { name: "systemd-resolve" }),
  ],
  [
    "before and after it wrote its own title",
    python("/srv/venv/bin/gunicorn app:app"),
    at("/usr/bin/python3.11", "gunicorn: master [app:app]"),
  ],
];

for (const [title, before, after] of agreeing) {
  test(`one owner as far as is known: ${title}`, () => {
    assert.ok(sameOwner(ownerOf(before), ownerOf(after)));
    assert.ok(sameOwner(ownerOf(after), ownerOf(before)));
  });
}

/** Two owners. */
const apart: readonly (readonly [title: string, before: Process, after: Process])[] = [
  ["another executable", at("/usr/sbin/nginx", "nginx"), at("/usr/sbin/apache2", "apache2")],
  ["the same name elsewhere", at("/usr/sbin/nginx", "nginx"), at("/tmp/nginx", "nginx")],
  ["another script", python("/srv/app.py"), python("/srv/other.py")],
  ["another script of the same name", python("/srv/a/app.py"), python("/srv/b/app.py")],
  ["a script and a module", python("/srv/http.server"), python("-m http.server 8000")],
  ["other code", python("-c import http.server; serve()"), python("-c import socket; steal()")],
  ["another jar", at("/usr/bin/java", "java -jar a.jar"), at("/usr/bin/java", "java -jar b.jar")],
  [
    "another main class",
    at("/usr/bin/java", "java -cp lib/* org.example.Server"),
    at("/usr/bin/java", "java -cp lib/* org.example.Shell"),
  ],
  ["another applet", at("/bin/busybox", "httpd -p 80"), at("/bin/busybox", "busybox nc -l -p 80")],
  ["another user", at("/usr/sbin/nginx", "nginx"), at("/usr/sbin/nginx", "nginx", { user: "root" })],
  [
    "another service",
    at("/usr/bin/redis-server", "redis", { unit: "redis.service" }),
    at("/usr/bin/redis-server", "redis", { unit: "evil.service" }),
  ],
  [
    "in a container and outside",
    at("/usr/sbin/nginx", "nginx"),
    at("/usr/sbin/nginx", "nginx", { containerId: "a".repeat(64) }),
  ],
  ["an unread path of another name", at("/usr/sbin/nginx", "nginx"), at(null, null, { name: "nc" })],
];

for (const [title, before, after] of apart) {
  test(`two owners: ${title}`, () => {
    assert.notEqual(key(before), key(after));
    assert.ok(!sameOwner(ownerOf(before), ownerOf(after)));
  });
}

test("owners are distinct, ordered and bounded", () => {
  const nginx = at("/usr/sbin/nginx", "nginx");
  const others = Array.from({ length: ownersMax * 2 }, (_, index) => at(`/opt/${index}`, "x"));
  const owners = ownersOf([...others, nginx, nginx]);
  assert.equal(owners.length, ownersMax);
  assert.deepEqual(ownersOf([nginx, ...others.toReversed()]), owners);
  assert.equal(ownersOf([nginx, nginx]).length, 1);
});

test("a label is short", () => {
  assert.equal(ownerLabel(ownerOf(at("/usr/sbin/nginx", "nginx"))), "nginx");
  assert.equal(ownerLabel(ownerOf(python("-u /srv/app.py -v"))), "python3.11 /srv/app.py");
  assert.equal(ownerLabel(ownerOf(python("/srv/billing/app.py"))), "python3.11 …/billing/app.py");
  assert.equal(
    ownerLabel(ownerOf(at(null, null, { name: "nginx: master process /x" }))),
    "nginx: master process /x",
  );
});
