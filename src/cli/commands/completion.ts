import { Argument } from "commander";
import type { DefineCommand } from "../command.ts";

export const defineCompletion: DefineCommand = (program, { say, terminal }) => {
  program
    .command("completion")
    .description(say("completion.about"))
    .addArgument(new Argument("<shell>", say("completion.shell")).choices(["bash", "zsh", "fish"]))
    .addHelpText("after", `\n${say("completion.help")}`)
    .action(async (shell: "bash" | "zsh" | "fish") => {
      const { completionScript } = await import("../completion/completion.ts");
      terminal.print(completionScript(program, shell));
    });
};
