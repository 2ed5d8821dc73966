import { Argument, Option } from "commander";
import type { Command } from "commander";
import { PortolanError } from "../../base/errors.ts";
import { showable } from "../../base/text.ts";
import { roles } from "../../model/account.ts";
import type { Role, User } from "../../model/account.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import type { ApiClient } from "../api-client.ts";
import { addConnectionOptions, withApi } from "../connection.ts";
import type { ConnectionOptions } from "../connection.ts";
import { printTable } from "../table.ts";
import { localTime } from "../time.ts";

export const defineUser: DefineCommand = (program, context) => {
  const { say } = context;
  const user = program.command("user").description(say("user.about"));
  const named = (name: string, about: string): Command =>
    addConnectionOptions(user.command(name).description(about).argument("<name>", say("user.name")), context);

  named("add", say("user.add"))
    .addOption(new Option("--role <role>", say("user.role-option")).choices(roles).default("viewer"))
    .action((name: string, options: ConnectionOptions & { role: Role }) => add(context, name, options));
  addConnectionOptions(user.command("list").description(say("user.list")), context)
    .option("--json", say("option.json"))
    .action((options: ConnectionOptions & { json?: true }) => list(context, options));
  named("password", say("user.password")).action((name: string, options: ConnectionOptions) =>
    setPassword(context, name, options),
  );
  named("disable", say("user.disable")).action((name: string, options: ConnectionOptions) =>
    change(context, name, { disabled: true }, options, say("user.disabled", { name: showable(name) })),
  );
  named("enable", say("user.enable")).action((name: string, options: ConnectionOptions) =>
    change(context, name, { disabled: false }, options, say("user.enabled", { name: showable(name) })),
  );
  addConnectionOptions(
    user
      .command("role")
      .description(say("user.role"))
      .argument("<name>", say("user.name"))
      .addArgument(new Argument("<role>", say("user.role-option")).choices(roles)),
    context,
  ).action((name: string, role: string, options: ConnectionOptions) =>
    change(context, name, { role }, options, say("user.role-set", { name: showable(name), role })),
  );
};

async function add(context: CommandContext, name: string, options: ConnectionOptions & { role: Role }) {
  const { readNewPassword } = await import("../prompt.ts");
  const password = await readNewPassword(context, name);
  await withApi(context, options, (api) =>
    api.send("POST", "/users", { name, password, role: options.role }),
  );
  context.terminal.print(context.say("user.added", { name: showable(name), role: options.role }));
}

async function list(context: CommandContext, options: ConnectionOptions & { json?: true }): Promise<void> {
  const { terminal, say } = context;
  const users = await withApi(context, options, allUsers);
  if (options.json) return terminal.print(JSON.stringify({ rows: users }, null, 2));
  printTable(
    terminal,
    [
      { title: say("column.name"), text: (user) => showable(user.name) },
      { title: say("column.role"), text: (user) => user.role },
      {
        title: say("column.state"),
        text: (user) => say(user.disabledAtMs === null ? "state.active" : "state.disabled"),
      },
      { title: say("column.created"), text: (user) => localTime(user.createdAtMs) },
    ],
    users,
  );
}

async function setPassword(context: CommandContext, name: string, options: ConnectionOptions) {
  const { readNewPassword } = await import("../prompt.ts");
  const password = await readNewPassword(context, name);
  await withApi(context, options, async (api) => {
    const { id } = await findUser(context, api, name);
    await api.send("POST", `/users/${id}/password`, { password });
  });
  context.terminal.print(context.say("user.password-set", { name: showable(name) }));
}

async function change(
  context: CommandContext,
  name: string,
  body: object,
  options: ConnectionOptions,
  done: string,
): Promise<void> {
  await withApi(context, options, async (api) => {
    const { id } = await findUser(context, api, name);
    await api.send("PATCH", `/users/${id}`, body);
  });
  context.terminal.print(done);
}

async function findUser({ say }: CommandContext, api: ApiClient, name: string): Promise<User> {
  const found = (await allUsers(api)).find((user) => user.name === name);
  if (found === undefined) {
    throw new PortolanError("not-found", say("user.unknown", { name: showable(name) }));
  }
  return found;
}

async function allUsers(api: ApiClient): Promise<readonly User[]> {
  return ((await api.get("/users", { limit: 1000 })) as { readonly rows: readonly User[] }).rows;
}
