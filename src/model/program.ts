/** How one family of interpreters names what it runs. */
interface Interpreter {
  /** Base name of the executable. */
  readonly executable: RegExp;
  /** Options whose next word is the program; they are part of it: `-m http.server`, `-jar app.jar`. */
  readonly program?: readonly string[];
  /** Options whose next word is code. */
  readonly code?: readonly string[];
  /** Options whose next word is something else. */
  readonly value?: readonly string[];
  /** Words before the program: `deno run app.ts`. */
  readonly subcommands?: readonly string[];
}

/** Executables that say nothing by themselves; what they run does. Programs like nc and socat are what they are. */
const interpreters: readonly Interpreter[] = [
  {
    executable: /^(?:python|pypy)[\d.]*$/,
    program: ["-m"],
    code: ["-c"],
    value: ["-W", "-X", "--check-hash-based-pycs"],
  },
  {
    executable: /^(?:node|nodejs|bun|deno)$/,
    code: ["-e", "--eval", "-p", "--print", "-pe"],
    value: [
      "-r",
      "--require",
      "--import",
      "--loader",
      "--experimental-loader",
      "-C",
      "--conditions",
      "--config",
    ],
    subcommands: ["run", "serve", "task", "x"],
  },
  {
    executable: /^java$/,
    program: ["-jar", "-m", "--module"],
    value: [
      "-cp",
      "-classpath",
      "--class-path",
      "-p",
      "--module-path",
      "--upgrade-module-path",
      "--add-modules",
      "--add-opens",
      "--add-exports",
      "--add-reads",
      "--enable-native-access",
    ],
  },
  { executable: /^(?:ba|da|k|z|a)?sh$/, code: ["-c"], value: ["-o", "+o", "-O", "--rcfile", "--init-file"] },
  { executable: /^ruby[\d.]*$/, code: ["-e"], value: ["-I", "-r", "-C", "-E"] },
  { executable: /^perl[\d.]*$/, code: ["-e", "-E"], value: ["-I"] },
  {
    executable: /^php[\d.]*$/,
    program: ["-f", "--file"],
    code: ["-r"],
    value: ["-S", "-t", "-c", "-d", "-z", "--docroot", "--server"],
  },
  { executable: /^lua(?:jit)?[\d.]*$/, code: ["-e"], value: ["-l"] },
  { executable: /^(?:tclsh|wish)[\d.]*$/ },
  { executable: /^mono(?:-sgen)?$/, value: ["--config"] },
  {
    executable: /^dotnet$/,
    value: ["--additionalprobingpath", "--depsfile", "--runtimeconfig", "--fx-version", "--roll-forward"],
    subcommands: ["exec", "run", "watch"],
  },
  {
    executable: /^uwsgi/,
    program: [
      "--ini",
      "--xml",
      "--yaml",
      "--json",
      "--wsgi-file",
      "--file",
      "-w",
      "--module",
      "--psgi",
      "--rack",
    ],
    value: [
      "-s",
      "--socket",
      "--http",
      "--http-socket",
      "-p",
      "--processes",
      "--uid",
      "--gid",
      "--chdir",
      "--master",
    ],
  },
  { executable: /^beam(?:\.smp)?$/, program: ["-s", "-run"] },
];

/** Characters kept of code given on the command line. */
const codeCharactersMax = 96;

/** Options without a value never carry a program, so a positional word only counts for families that take one. */
const withoutPositional = /^beam/;

export function isInterpreter(executable: string): boolean {
  const base = baseName(executable);
  return base === "busybox" || interpreters.some((family) => family.executable.test(base));
}

/**
 * What an interpreter runs: script, module, jar, applet, `-c` code (its digits, which are often pids and descriptors,
 * as 0), or the title that the process gave itself. Null for other executables and where nothing tells.
 * The command line is the words joined by spaces, so a script path with a space ends at it: still stable.
 */
export function programOf(executable: string, commandLine: string | null): string | null {
  if (commandLine === null) return null;
  const base = baseName(executable);
  const [argument0 = "", ...words] = commandLine.split(" ").filter((word) => word !== "");
  if (argument0 === "") return null;
  const called = baseName(argument0.replace(/^-/, "").replace(/:$/, ""));
  if (base === "busybox") return called === "busybox" ? (words[0] ?? null) : called;
  const family = interpreters.find((family) => family.executable.test(base));
  if (!family) return null;
  // The process has written over its arguments: `gunicorn: master [app:app]`, `puma 6.4 (tcp://0.0.0.0:80)`.
  if (!isInterpreter(called)) return called;
  return argumentOf(family, base, words);
}

function argumentOf(family: Interpreter, base: string, words: readonly string[]): string | null {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    const next = words[index + 1];
    const { option, attached } = splitOption(word, family);
    if (family.program?.includes(option)) {
      const program = attached ?? next;
      return program === undefined ? null : `${option} ${program}`;
    }
    if (family.code?.includes(option))
      return codeShape(option, [attached ?? [], words.slice(index + 1)].flat());
    if (family.value?.includes(option)) {
      if (attached === undefined) index += 1;
    } else if (!word.startsWith("-") && !withoutPositional.test(base)) {
      if (index === 0 && family.subcommands?.includes(word)) continue;
      return word;
    }
  }
  return null;
}

/** `--ini=app.ini` → `--ini`, `app.ini`; a cluster of single letters (`-um`) → its last one, when that one matters. */
function splitOption(word: string, family: Interpreter): { option: string; attached?: string } {
  const equals = word.indexOf("=");
  if (word.startsWith("--") && equals > 0) {
    return { option: word.slice(0, equals), attached: word.slice(equals + 1) };
  }
  if (/^-[A-Za-z]{2,4}$/.test(word) && family.executable.test("python3")) {
    const last = `-${word.at(-1)}`;
    if (family.program?.includes(last) || family.code?.includes(last)) return { option: last };
  }
  if (word.startsWith("-m") && word.length > 2 && family.executable.test("python3")) {
    return { option: "-m", attached: word.slice(2) };
  }
  return { option: word };
}

function codeShape(option: string, words: readonly string[]): string {
  const code = words.join(" ").slice(0, codeCharactersMax).replace(/\d+/g, "0");
  return `${option} ${code}`.trim();
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
