import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { plainEnvironment, portolan, withFolder } from "./portolan.ts";

/** What is typed, what must be offered, and what must not. */
const lines: readonly (readonly [line: string, offered: readonly string[], absent: readonly string[]])[] = [
  ["portolan ", ["up", "ports", "completion"], ["add"]],
  ["portolan us", ["user"], ["up"]],
  ["portolan po", ["ports"], ["user"]],
  ["portolan user pass", ["password"], ["add", "role"]],
  ["portolan ports --", ["--listening-on", "--all-namespaces"], ["--role"]],
  ["portolan ports --transport u", ["udp"], ["tcp"]],
  ["portolan completion f", ["fish"], ["bash"]],
  ["portolan user ", ["add", "password", "role"], ["up", "revoke"]],
  ["portolan user add --ro", ["--role"], ["--data"]],
  ["portolan user add --role ", ["viewer", "operator", "admin"], ["up"]],
  ["portolan user role bob ", ["viewer", "operator", "admin"], ["a-file"]],
  ["portolan ports --transport ", ["tcp", "udp", "sctp"], ["a-file"]],
  ["portolan connections --by ", ["state", "remote", "prefix"], ["a-file"]],
  ["portolan connections --read ", ["a-file"], ["--by"]],
  ["portolan completion ", ["bash", "zsh", "fish"], ["a-file"]],
  ["portolan config check ", ["a-file"], ["up"]],
  ["portolan up --config ", ["a-file"], ["--data"]],
  ["portolan agent --interval ", [], ["a-file"]],
];

/** Prints what bash would offer, as it calls the function for a line typed so far. */
const bashDriver = `source "$1"; words=($2); [[ $2 == *" " ]] && words+=("")
COMP_WORDS=("\${words[@]}"); COMP_CWORD=$((\${#words[@]} - 1)); COMPREPLY=(); _portolan; printf '%s\\n' "\${COMPREPLY[@]}"`;

/** A terminal for zsh, which completes for nobody else, and lists only while nothing more is typed. What it lists stands between the line and the end. */
const zshDriver = `zmodload zsh/zpty; zpty z zsh -f -i
until_said() { local seen; until [[ $seen == *$1* ]]; do zpty -r z chunk || exit 1; seen+=$chunk; done; print -r -- "$seen"; }
zpty -w z "PROMPT=; stty -echo columns 200; fpath=($1 \\$fpath); autoload -Uz compinit; compinit -u -D; bindkey '^I' list-choices; print re''ady:"
until_said ready: > /dev/null
zpty -w -n z "$2"$'\\t'; sleep 0.5; zpty -w z $'\\x15'"print do''ne:"; until_said done:; zpty -d z`;

const shells: Readonly<Record<string, (script: string, line: string) => readonly string[]>> = {
  bash: (script, line) => ["-c", bashDriver, "bash", script, line],
  zsh: (script, line) => ["-f", "-c", zshDriver, "zsh", join(script, ".."), line],
  fish: (script, line) => ["--no-config", "-c", `source ${script}; complete -C '${line}'`],
};

function isAbsent(shell: string, t: TestContext): boolean {
  if (spawnSync(shell, ["-c", "true"]).status === 0) return false;
  t.skip(`${shell} is not installed: nothing is known of its completion`);
  return true;
}

for (const [shell, words] of Object.entries(shells)) {
  test(`${shell} completes commands, flags, their values, and files where files belong`, async (t) => {
    if (isAbsent(shell, t)) return;
    await withFolder(async (folder) => {
      const script = join(folder, "functions", "_portolan");
      const cwd = join(folder, "here");
      mkdirSync(join(folder, "functions"));
      mkdirSync(cwd);
      writeFileSync(join(cwd, "a-file"), "");
      writeFileSync(script, (await portolan(["completion", shell])).stdout);
      const env = { ...plainEnvironment(), HOME: folder, TERM: "dumb" };
      for (const [line, offered, absent] of lines) {
        const { stdout, stderr } = spawnSync(shell, words(script, line), {
          cwd,
          env,
          encoding: "utf8",
          timeout: 10_000,
        });
        const said = stdout.split(/[\s\u0007]+/);
        for (const word of offered) assert.ok(said.includes(word), `${line}→ ${word}: ${stdout}${stderr}`);
        for (const word of absent) assert.ok(!said.includes(word), `${line}→ not ${word}: ${stdout}`);
      }
    });
  });
}
