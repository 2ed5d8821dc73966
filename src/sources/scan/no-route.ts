import { PortolanError } from "../../base/errors.ts";

/** Not one of the addresses can be reached by `device`, or by any when it is null. */
export function noRoute(device: string | null): PortolanError {
  const by = device === null ? "" : ` by ${device}`;
  return new PortolanError("unavailable", `No address can be reached${by}: there is no route.`, {
    hint: "See what the kernel would do with: ip route get ADDRESS",
  });
}
