import type { BlockDeed } from "../../model/block-deed.ts";
import type { DefineCommand } from "../command.ts";
import { addConnectionOptions, withApi, type ConnectionOptions } from "../connection.ts";

interface UnblockOptions extends ConnectionOptions {
  readonly json?: true;
}

export const defineUnblock: DefineCommand = (program, context) => {
  const { say, terminal } = context;
  addConnectionOptions(
    program
      .command("unblock")
      .description(say("unblock.about"))
      .argument("<host>", say("block.host"))
      .argument("<target>", say("block.target"))
      .option("--json", say("option.json")),
    context,
  ).action(async (host: string, target: string, options: UnblockOptions) => {
    const { findHostId } = await import("../host-lookup.ts");
    const { tellDeed } = await import("./block.ts");
    const deed = (await withApi(context, options, async (api) =>
      api.send("POST", `/hosts/${await findHostId(api, host, context)}/blocks/lift`, { target }),
    )) as BlockDeed;
    if (options.json) terminal.print(JSON.stringify(deed, null, 2));
    await tellDeed(context, deed);
    if (!options.json) terminal.print(say("unblock.done", { target: deed.target }));
  });
};
