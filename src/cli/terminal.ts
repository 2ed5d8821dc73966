import type { Writable } from "node:stream";

import { fitText } from "./text-width.ts";

/** Of a terminal that does not say, or says 0. */
const columnsUsual = 80;
/** To the first column, and away with what stands there. */
const clearLine = "\r\u001b[K";

export type Colour = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan";

const codes: Readonly<Record<Colour, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
};

/** What a command writes to. Text goes through as it is: foreign text is made safe by whoever prints it. */
export interface Terminal {
  /** One line on stdout. */
  print(line: string): void;
  /** One line on stderr. */
  warn(line: string): void;
  paint(text: string, ...colours: readonly Colour[]): string;
  /** One line on stderr that the next one is written over; null takes it away. Null itself where stderr is no terminal. */
  readonly status: ((line: string | null) => void) | null;
  /** Cells per line of stdout; null when it is no terminal: nothing is cut then. */
  readonly columns: number | null;
}

interface TerminalStreams {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function createTerminal({ stdout, stderr, environment }: TerminalStreams): Terminal {
  const coloured = wantsColour(environment, stdout.isTTY === true);
  let hasStatus = false;
  const clear = (): void => {
    if (hasStatus) stderr.write(clearLine);
    hasStatus = false;
  };
  return {
    print(line) {
      clear();
      stdout.write(`${line}\n`);
    },
    warn(line) {
      clear();
      stderr.write(`${line}\n`);
    },
    status:
      stderr.isTTY === true
        ? (line) => {
            clear();
            if (line === null) return;
            stderr.write(fitText(line, (stderr.columns || columnsUsual) - 1));
            hasStatus = true;
          }
        : null,
    paint(text, ...colours) {
      if (!coloured || text === "") return text;
      return colours.reduce((painted, colour) => {
        const [on, off] = codes[colour];
        return `\u001b[${on}m${painted}\u001b[${off}m`;
      }, text);
    },
    columns: stdout.isTTY === true ? stdout.columns || columnsUsual : null,
  };
}

/** NO_COLOR (no-color.org) over FORCE_COLOR over what stdout is. */
export function wantsColour(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if ((environment["NO_COLOR"] ?? "") !== "") return false;
  const force = environment["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  return isTerminal && environment["TERM"] !== "dumb";
}
