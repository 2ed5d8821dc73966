/** What one look added to what we know of an endpoint: seen first · missed · seen again · held by another owner. */
export const evidenceKinds = ["seen", "missed", "returned", "owner"] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];
