import {
  addToken,
  addUser,
  changeUser,
  endSession,
  openSession,
  placeSetupToken,
  removeUser,
  revokeToken,
  setPassword,
  setUp,
  touch,
} from "./account-commands.ts";
import { acceptVerdict } from "./accept-verdict.ts";
import { lapseBlock, orderBlock, reportBlock } from "./block-deeds.ts";
import { record } from "./deed.ts";
import { enrol } from "./hosts.ts";
import { checkpoint, prune, rowsWritten } from "./housekeeping.ts";
import { importScan } from "./import-scan.ts";
import { ingestOutside } from "./ingest-outside.ts";
import { ingest } from "./ingest.ts";
import { enrolNode, leaseScan, reportScan } from "./scan-lease.ts";
import { addScanPlan, changeScanPlan, removeScanPlan, startScan, stopScan } from "./scan-plans.ts";
import { takeConnections } from "./take-connections.ts";
import { configure } from "./write-context.ts";

/** Everything that can be written: what the one writing thread can be asked to do. */
export const commands = {
  ingest,
  ingestOutside,
  takeConnections,
  acceptVerdict,
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
  addScanPlan,
  changeScanPlan,
  removeScanPlan,
  startScan,
  stopScan,
  enrolNode,
  importScan,
  leaseScan,
  reportScan,
  orderBlock,
  reportBlock,
  lapseBlock,
} as const;

export type Commands = typeof commands;
