import { PortolanError } from "../../base/errors.ts";
import { showable } from "../../base/text.ts";
import type { CommandContext, DefineCommand } from "../command.ts";

interface SetUpOptions {
  readonly host?: string;
  readonly zabbix?: string;
  readonly config?: string;
  readonly json?: true;
}

export const defineZabbix: DefineCommand = (program, context) => {
  const { say } = context;
  const zabbix = program.command("zabbix").description(say("zabbix.about"));
  zabbix
    .command("setup")
    .description(say("zabbix.setup"))
    .option("--host <address>", say("zabbix.host"))
    .option("--zabbix <address>", say("zabbix.server"))
    .option("--config <file>", say("option.config"))
    .option("--json", say("option.json"))
    .action((options: SetUpOptions) => setUp(context, options));
  zabbix
    .command("template")
    .description(say("zabbix.template"))
    .action(() => template(context));
};

async function setUp(context: CommandContext, options: SetUpOptions): Promise<void> {
  const { say, terminal } = context;
  const { zabbixSetUp } = await import("../../app/zabbix-set-up.ts");
  const { canonicalAddress } = await import("../../base/ip.ts");
  const { readConfig } = await import("../config-file.ts");
  const { listenAddress, localUrl } = await import("../listen-address.ts");
  const { programPath } = await import("../house.ts");
  const { config } = await readConfig(context, options.config);
  const address = (flag: string, text: string | undefined): string | null => {
    const read = text === undefined ? null : canonicalAddress(text);
    if (read !== undefined) return read;
    throw new PortolanError(
      "invalid",
      `${flag}: ${say("zabbix.no-address", { text: showable(text ?? "") })}`,
    );
  };
  const { steps, examples } = zabbixSetUp({
    program: programPath,
    url: config.publicUrl ?? localUrl(listenAddress(config.listen)),
    zabbix: config.zabbix,
    host: address("--host", options.host),
    zabbixServer: address("--zabbix", options.zabbix),
  });
  if (options.json) return terminal.print(JSON.stringify({ steps, examples }, null, 2));
  let before: string | null = null;
  for (const { id, way, file, text } of steps) {
    if (way !== before) terminal.print(terminal.paint(`## ${say(`zabbix.way.${way}`)}\n`, "bold"));
    before = way;
    terminal.print(`# ${say(`zabbix.step.${id}`)}`);
    if (file !== null) terminal.print(terminal.paint(`# ${file}`, "dim"));
    terminal.print(`${text}\n`);
  }
  if (examples.length > 0) terminal.warn(say("zabbix.examples", { addresses: examples.join(", ") }));
}

async function template({ terminal }: CommandContext): Promise<void> {
  const { readFile } = await import("node:fs/promises");
  const { zabbixTemplateFile } = await import("../../app/zabbix-set-up.ts");
  terminal.print((await readFile(zabbixTemplateFile, "utf8")).trimEnd());
}
