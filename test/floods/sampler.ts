// Samples of the namespace that it runs in, one for each line that it is told.
import { systemClock } from "../../src/base/clock.ts";
import { openConnectionSampler } from "../../src/sources/host/connection-sampler.ts";
import { createPoller } from "../../src/sources/host/poller.ts";
import { answerLines } from "../collect/conversation.ts";

const poller = await createPoller();
const sampler = await openConnectionSampler({
  listeners: () => poller.listeners(),
  clock: systemClock,
  seed: 1,
  ffi: true,
});
await answerLines(() => {
  poller.look();
  return sampler.take();
});
