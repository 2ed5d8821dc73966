// What: the name of a process in full.
// Idea: the kernel's own name is cut at 15 bytes, so it only serves to choose between the longer names that the process
//   has: the title that it wrote over its arguments, its argument 0, the script that it runs, its executable.
// Trap: a rewritten title is one string without NUL where arguments were many (`nginx: master process /usr/sbin/nginx`);
//   what follows the words that describe the role is the old command line and no part of the name.
//   Some programs call their first thread something else (`node-MainThread`), so the kernel's name may match nothing.
// Source: proc(5) on cmdline and comm; PR_SET_NAME(2const); nginx, sshd, postgres and php-fpm titles.

import { fitText } from "../../model/fit-listener.ts";
import { nameCharactersMax } from "../../model/process.ts";

const kernelNameBytes = 15;

/**
 * `commandLine`: arguments with NUL between them, safe to show; `executable`: path without ` (deleted)`, null when unknown;
 * `kernelName`: `comm`.
 */
export function processName(commandLine: string, executable: string | null, kernelName: string): string {
  return fitText(fullName(commandLine, executable, kernelName), nameCharactersMax);
}

function fullName(commandLine: string, executable: string | null, kernelName: string): string {
  const text = withoutTail(commandLine, "\0");
  if (!text.includes("\0") && /\s/.test(text) && text !== executable) {
    const title = nameInTitle(text.trim());
    if (title !== "") return title;
  }
  const words = text.split("\0", 3);
  const candidates = [words[0], executable, words[1]].map((path) => baseName(path ?? ""));
  const matching = candidates.find((name) => isKernelNameOf(kernelName, name));
  if (matching !== undefined) return matching;
  return baseName(executable ?? "") || baseName(words[0] ?? "") || kernelName;
}

/** `nginx: master process /usr/sbin/nginx -g …` → `nginx: master process`; `/usr/bin/redis-server 127.0.0.1:6379` → `redis-server`. */
function nameInTitle(title: string): string {
  const words = title.split(/\s+/, 64);
  const first = words[0] ?? "";
  if (!first.endsWith(":") || first.startsWith("/")) return baseName(first);
  const rest: string[] = [];
  for (const word of words.slice(1)) {
    if (/^[(]?\/|^-/.test(word)) break;
    rest.push(word);
  }
  return rest.length === 0 ? first.slice(0, -1) : `${first} ${rest.join(" ")}`;
}

/** Without the characters of `tail` at its end, in linear time: a pattern would begin anew at each of them. */
export function withoutTail(text: string, tail: string): string {
  let end = text.length;
  while (end > 0 && tail.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function isKernelNameOf(kernelName: string, name: string): boolean {
  if (name === "" || kernelName === "") return false;
  return name === kernelName || (kernelName.length >= kernelNameBytes && name.startsWith(kernelName));
}
