import { spawn, type ChildProcess } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = `
const net = require("node:net");
const server = net.createServer();
server.on("error", (error) => { console.error(error.message); process.exit(1); });
server.listen({ host: "127.0.0.1", port: Number(process.argv[2]) }, () => console.log("listening"));
`;

/** Programs of our own that listen, each with a name of its own; ended by their pid. */
export class Listeners {
  readonly #folder = mkdtempSync(join(tmpdir(), "portolan-listeners-"));
  readonly #children = new Set<ChildProcess>();

  /** Returns when the port is open. */
  async start(name: string, port: number): Promise<ChildProcess> {
    mkdirSync(this.#folder, { recursive: true });
    const program = join(this.#folder, `${name}.cjs`);
    // Once: a program that is being written is an empty one to whoever starts it meanwhile.
    if (!existsSync(program)) writeFileSync(program, script);
    return this.#run(process.execPath, [program, String(port)]);
  }

  /** The same program under another executable: another owner. */
  async startAs(executable: string, port: number): Promise<ChildProcess> {
    const copy = join(this.#folder, executable);
    copyFileSync(process.execPath, copy);
    const program = join(this.#folder, "listen.cjs");
    // Once: a program that is being written is an empty one to whoever starts it meanwhile.
    if (!existsSync(program)) writeFileSync(program, script);
    return this.#run(copy, [program, String(port)]);
  }

  async stop(child: ChildProcess): Promise<void> {
    this.#children.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  async close(): Promise<void> {
    for (const child of this.#children) await this.stop(child);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #run(command: string, words: readonly string[]): Promise<ChildProcess> {
    const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"] });
    this.#children.add(child);
    return new Promise((resolve, reject) => {
      child.stdout.once("data", () => resolve(child));
      child.once("exit", (code) => reject(new Error(`${command} ended with ${code}`)));
    });
  }
}
