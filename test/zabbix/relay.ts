import { connect, createServer, type AddressInfo } from "node:net";

export interface Relay {
  readonly port: number;
  /** So many of the next answers get lost. */
  lose(answers: number): void;
  /** How many are still to be lost. */
  readonly left: number;
  close(): void;
}

/** Hands requests on to the server, and its answers back. */
export async function relayTo(to: number): Promise<Relay> {
  let left = 0;
  const relay = createServer((client) => {
    const server = connect({ host: "127.0.0.1", port: to });
    client.pipe(server);
    client.on("error", () => server.destroy());
    server.on("error", () => client.destroy());
    server.on("data", (answer) => {
      if (left === 0) client.end(answer);
      else client.destroy();
      left = Math.max(0, left - 1);
    });
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  const { port } = relay.address() as AddressInfo;
  return {
    port,
    lose: (answers) => (left = answers),
    get left() {
      return left;
    },
    close: () => void relay.close(),
  };
}
