import { spawn } from "node:child_process";

/** What became of one program. */
export interface Ended {
  /** Null: it could not be started, or was killed because it took too long. */
  readonly code: number | null;
  readonly isMissing: boolean;
  /** Its beginning, at most `outputCharactersMax`. */
  readonly output: string;
  readonly complaint: string;
}

export type RunProgram = (args: readonly string[]) => Promise<Ended>;

/** A list of 1,024 elements in JSON is a tenth of it. */
const outputCharactersMax = 1_000_000;
const complaintCharactersMax = 2_000;
/** `iptables -w` waits for others that change rules. */
const programMsMax = 10_000;
const systemFolders = "/usr/local/sbin:/usr/sbin:/sbin";

/** Starts a program with these words as they are: no shell reads them. Never rejects. */
export const runProgram: RunProgram = ([program = "", ...words]) =>
  new Promise((resolve) => {
    const environment = { PATH: `${process.env["PATH"] ?? "/usr/bin:/bin"}:${systemFolders}`, LC_ALL: "C" };
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], env: environment });
    const timer = setTimeout(() => child.kill("SIGKILL"), programMsMax);
    let output = "";
    let complaint = "";
    // What is too much is read on and left out: a full pipe would hold the program up.
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (output.length < outputCharactersMax) output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (complaint.length < complaintCharactersMax) complaint += text;
    });
    const end = (code: number | null, problem: NodeJS.ErrnoException | null): void => {
      clearTimeout(timer);
      const said = problem?.message ?? complaint.slice(0, complaintCharactersMax).trim();
      resolve({ code, isMissing: problem?.code === "ENOENT", output, complaint: said });
    };
    child.on("error", (problem) => end(null, problem));
    child.on("close", (code) => end(code, null));
  });
