import type { ClientRequest, IncomingMessage } from "node:http";

interface ExchangeLimits {
  /** For connection, request and answer together. */
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
}

interface Exchange {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  /** The address that answered; null when the connection is gone already. */
  readonly peer: string | null;
}

/** Sends one request and reads its whole answer. Rejects with what went wrong on the way. */
export function exchange(
  start: () => ClientRequest,
  body: string | Buffer | undefined,
  { timeoutMs, answerBytesMax }: ExchangeLimits,
): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const request = start();
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    request.on("error", fail);
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      const peer = response.socket.remoteAddress ?? null;
      let length = 0;
      response.on("data", (chunk: Buffer) => {
        length += chunk.length;
        if (length > answerBytesMax) request.destroy(new Error("the answer is too long"));
        else chunks.push(chunk);
      });
      response.on("error", fail);
      response.on("end", () => {
        clearTimeout(timer);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString("utf8"),
          peer,
        });
      });
    });
    request.end(body);
  });
}
