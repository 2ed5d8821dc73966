// What: finds the belief of a seen endpoint.
// Idea: hashes the fields in place; a key as text would be a million strings that are thrown away again.
// Trap: foreign addresses can be chosen to collide. A chain longer than any honest one falls back to text keys.

import { type Endpoint, endpointKey, transports } from "../model/endpoint.ts";

/** At half load a chain of 32 by chance is out of the question. */
const chainMax = 32;

/** Answers with the place of the endpoint in `endpoints`, -1 when it is not there. Endpoints are distinct. */
export function indexEndpoints(endpoints: readonly Endpoint[]): (endpoint: Endpoint) => number {
  const slots = 2 ** Math.ceil(Math.log2(endpoints.length * 2 + 1));
  const first = new Int32Array(slots).fill(-1);
  const next = new Int32Array(endpoints.length);
  const lengths = new Uint8Array(slots);
  for (let index = 0; index < endpoints.length; index++) {
    const endpoint = endpoints[index];
    if (!endpoint) continue;
    const slot = hash(endpoint) & (slots - 1);
    next[index] = first[slot] ?? -1;
    first[slot] = index;
    if (++lengths[slot]! > chainMax) return indexByKey(endpoints);
  }
  return (endpoint) => {
    let index = first[hash(endpoint) & (slots - 1)] ?? -1;
    while (index !== -1 && !sameEndpoint(endpoints[index], endpoint)) index = next[index] ?? -1;
    return index;
  };
}

function indexByKey(endpoints: readonly Endpoint[]): (endpoint: Endpoint) => number {
  const indexOf = new Map(endpoints.map((endpoint, index) => [endpointKey(endpoint), index]));
  return (endpoint) => indexOf.get(endpointKey(endpoint)) ?? -1;
}

/** FNV-1a over the address, mixed with port and transport; device and namespace differ too seldom to be worth it. */
function hash({ transport, address, port, networkNamespace }: Endpoint): number {
  let value = 0x811c9dc5 ^ port ^ (transports.indexOf(transport) << 16);
  for (let at = 0; at < address.length; at++) value = Math.imul(value ^ address.charCodeAt(at), 0x01000193);
  if (networkNamespace !== null) {
    for (let at = 0; at < networkNamespace.length; at++) {
      value = Math.imul(value ^ networkNamespace.charCodeAt(at), 0x01000193);
    }
  }
  return value ^ (value >>> 15);
}

function sameEndpoint(a: Endpoint | undefined, b: Endpoint): boolean {
  return (
    a !== undefined &&
    a.port === b.port &&
    a.transport === b.transport &&
    a.address === b.address &&
    a.interface === b.interface &&
    a.networkNamespace === b.networkNamespace
  );
}
