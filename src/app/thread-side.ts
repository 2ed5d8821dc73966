import { parentPort } from "node:worker_threads";
import { PortolanError } from "../base/errors.ts";
import { toFailure, type AnswerMessage, type CallMessage, type Works } from "./thread-messages.ts";

/**
 * Inside a thread: takes up calls in the order in which they came; null ends it, after the last answer. Several may be
 * under way: their order is kept by what they work on. That is opened with the first call, so that several threads
 * load their code at the same time.
 */
export function serveCalls<Context>(
  open: () => Promise<Context>,
  works: Works<Context>,
  close: (context: Context) => Promise<void>,
): void {
  const port = parentPort;
  if (port === null) throw new PortolanError("internal", "This file is started as a thread.");
  let context: Promise<Context> | undefined;
  const opened = (): Promise<Context> => (context ??= open());
  const running = new Set<Promise<void>>();
  const end = async (): Promise<void> => {
    await Promise.all(running);
    if (context !== undefined) await context.then(close, () => undefined);
    port.close();
  };
  port.on("message", (call: CallMessage | null) => {
    if (call === null) {
      void end();
      return;
    }
    const answered = answer(opened, works, call)
      .then((message) => port.postMessage(message))
      .finally(() => running.delete(answered));
    running.add(answered);
  });
  port.postMessage({ id: 0 } satisfies AnswerMessage);
}

async function answer<Context>(
  opened: () => Promise<Context>,
  works: Works<Context>,
  call: CallMessage,
): Promise<AnswerMessage> {
  const { id, name, argument, moment } = call;
  try {
    const work = Object.hasOwn(works, name) ? works[name] : undefined;
    if (work === undefined)
      throw new PortolanError("internal", `A thread was asked for the unknown work "${name}".`);
    return { id, value: await work(await opened(), argument as never, moment) };
  } catch (error) {
    return { id, failure: toFailure(error) };
  }
}
