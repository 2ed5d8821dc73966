import assert from "node:assert/strict";
import test from "node:test";
import { fold, foldedCharactersMax, foldedPort } from "./fold.ts";

const endpoint = {
  transport: "tcp",
  address: "10.2.3.4",
  port: 443,
  interface: null,
  networkNamespace: null,
} as const;

test("search does not care for case, width or composed letters", () => {
  assert.equal(fold("NGINX"), "nginx");
  assert.equal(fold("ＮＧＩＮＸ"), "nginx");
  assert.equal(fold("e\u0301"), fold("é"));
});

test("a port is found by address and port, path, command line, user and unit", () => {
  const process = {
    pid: 1,
    parentPid: null,
    name: "nginx: master process",
    executablePath: "/usr/sbin/nginx",
    commandLine: "nginx -g daemon off;",
    startTimeMs: null,
    user: "www-data",
    unit: "Nginx.service",
    containerId: null,
  };
  const text = foldedPort(endpoint, [], [process]);
  for (const part of [
    "10.2.3.4:443",
    "/usr/sbin",
    "daemon off",
    "www-data",
    "nginx.service",
    "master process",
  ]) {
    assert.ok(text.includes(part), part);
  }
  assert.ok(
    foldedPort(endpoint, [], [{ ...process, commandLine: "x".repeat(10_000) }]).length <= foldedCharactersMax,
  );
});
