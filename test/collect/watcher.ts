// Looks with one poller whenever it is told to: `watcher.ts own|all ffi|proc`.
import { createPoller } from "../../src/sources/host/poller.ts";
import { answerLines } from "./conversation.ts";

const poller = await createPoller({
  namespaces: process.argv[2] === "all" ? "all" : "own",
  ffi: process.argv[3] !== "proc",
});
await answerLines((line) => {
  const look = line === "full" ? poller.fullLook() : poller.look();
  return { look, listeners: poller.listeners(), cost: poller.cost };
});
poller.close();
