import type { DefineCommand } from "../command.ts";

export const defineTcpStatus: DefineCommand = (program, context) => {
  const { say } = context;
  program
    .command("tcp-status")
    .description(say("tcp-status.about"))
    .argument("<state>", say("tcp-status.state"))
    .argument("[ignored...]", say("tcp-status.ignored"))
    .addHelpText("after", `\n${say("tcp-status.help")}`)
    .action(async (state: string) => {
      const { printStateCount } = await import("../connections/state-count.ts");
      await printStateCount(context, state);
    });
};
