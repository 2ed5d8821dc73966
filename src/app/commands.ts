import {
  addToken,
  addUser,
  changeUser,
  endSession,
  openSession,
  placeSetupToken,
  record,
  removeUser,
  revokeToken,
  setPassword,
  setUp,
  touch,
} from "./account-commands.ts";
import { enrol } from "./hosts.ts";
import { checkpoint, prune, rowsWritten } from "./housekeeping.ts";
import { ingest } from "./ingest.ts";
import { configure } from "./write-context.ts";

/** Everything that can be written: what the one writing thread can be asked to do. */
export const commands = {
  ingest,
  enrol,
  record,
  placeSetupToken,
  setUp,
  openSession,
  touch,
  endSession,
  addUser,
  changeUser,
  removeUser,
  setPassword,
  addToken,
  revokeToken,
  prune,
  checkpoint,
  rowsWritten,
  configure,
} as const;

export type Commands = typeof commands;
