import assert from "node:assert/strict";
import test from "node:test";
import { inetDiagMessageBytes, inetDiagOffsets } from "../link/inet-diag.ts";
import { EndpointCounts, ephemeralPorts } from "./ephemeral-ports.ts";

test("reserved ports within the range are no room", () => {
  assert.deepEqual(ephemeralPorts("32768\t60999\n", "\n"), { first: 32_768, last: 60_999, size: 28_232 });
  assert.deepEqual(ephemeralPorts("1000 1009\n", "80,1002-1004,1009-2000\n")?.size, 6);
});

test("what is no range is none", () => {
  for (const text of ["", "1", "a b", "9 5", "1 2 3"]) assert.equal(ephemeralPorts(text, ""), null);
  assert.equal(ephemeralPorts("10 12", "0-65535"), null);
});

test("ports are taken towards an endpoint, not towards an address", () => {
  const counts = new EndpointCounts({ first: 32_768, last: 60_999, size: 28_232 });
  const meet = (port: number, remotePort: number): void => {
    const bytes = Buffer.alloc(inetDiagMessageBytes);
    bytes[inetDiagOffsets.family] = 2;
    bytes.writeUInt16BE(port, inetDiagOffsets.port);
    bytes.writeUInt16BE(remotePort, inetDiagOffsets.remotePort);
    bytes.set([192, 0, 2, 1], inetDiagOffsets.remoteAddress);
    counts.visit(bytes, 0, bytes.length);
  };
  for (let port = 32_768; port < 32_798; port++) meet(port, 443);
  for (let port = 40_000; port < 40_020; port++) meet(port, 5_432);
  for (let port = 80; port < 200; port++) meet(port, 443);
  assert.equal(counts.most(), 30);
});
