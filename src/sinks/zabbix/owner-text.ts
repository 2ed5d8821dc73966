import { cutText } from "../../base/text.ts";
import { ownerLabel, type Owner } from "../../model/owner.ts";

/** The name of an item holds 255 characters; the rest of it, and of an endpoint, takes about half. */
const charactersMax = 120;

/**
 * Owners in the words of one line; `?` when there is none. A server resolves macros in the names of items and triggers:
 * braces in what a process calls itself are none here.
 */
export function ownerText(owners: readonly Owner[]): string {
  if (owners.length === 0) return "?";
  const labels = owners.map(ownerLabel).join(", ");
  return cutText(labels.replaceAll("{", "(").replaceAll("}", ")"), charactersMax, "…");
}
