import { PortolanError } from "../base/errors.ts";
import type { CommandContext } from "./command.ts";

/** Longest first line that is read from a pipe. */
const lineBytesMax = 4096;

/** A new password: asked for twice without echo on a terminal, else the first line of stdin. Never an argument. */
export async function readNewPassword({ say }: CommandContext, name: string): Promise<string> {
  const password = process.stdin.isTTY
    ? await askHidden(say("user.ask-password", { name }))
    : await firstLine(process.stdin);
  if (password === "") throw new PortolanError("invalid", say("user.empty"));
  if (process.stdin.isTTY && (await askHidden(say("user.ask-again"))) !== password) {
    throw new PortolanError("invalid", say("user.differ"));
  }
  return password;
}

/** The first line, without its end; what follows is left unread. */
export async function firstLine(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of stream) {
    bytes = Buffer.concat([bytes, Buffer.from(chunk)]);
    if (bytes.includes(10) || bytes.length > lineBytesMax) break;
  }
  const end = bytes.indexOf(10);
  return (end < 0 ? bytes : bytes.subarray(0, end)).toString("utf8").replace(/\r$/, "");
}

function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.resume();
  return new Promise((resolve, reject) => {
    let typed = "";
    const finish = (settle: () => void): void => {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.off("data", read);
      stderr.write("\n");
      settle();
    };
    const read = (text: string): void => {
      for (const character of text) {
        if (character === "\r" || character === "\n") return finish(() => resolve(typed));
        if (character === "\u0003" || character === "\u0004") {
          return finish(() => reject(new PortolanError("invalid", "Ctrl-C")));
        }
        if (character === "\u007f" || character === "\b") typed = Array.from(typed).slice(0, -1).join("");
        else if (character >= " ") typed += character;
      }
    };
    stdin.on("data", read);
  });
}
