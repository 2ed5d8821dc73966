import { Option } from "commander";
import { parseDuration } from "../../base/duration.ts";
import { PortolanError } from "../../base/errors.ts";
import { showable } from "../../base/text.ts";
import { tokenScopes } from "../../model/account.ts";
import type { Token, TokenScope } from "../../model/account.ts";
import type { ApiClient } from "../api-client.ts";
import type { CommandContext, DefineCommand } from "../command.ts";
import { addConnectionOptions, withApi } from "../connection.ts";
import type { ConnectionOptions } from "../connection.ts";
import { findHostId } from "../host-lookup.ts";
import { printTable } from "../table.ts";
import { localTime } from "../time.ts";

interface CreateOptions extends ConnectionOptions {
  readonly scope: TokenScope;
  readonly host?: string;
  readonly expires?: string;
  readonly json?: true;
}

export const defineToken: DefineCommand = (program, context) => {
  const { say } = context;
  const token = program.command("token").description(say("token.about"));
  addConnectionOptions(
    token
      .command("create")
      .description(say("token.create"))
      .argument("<name>", say("token.name"))
      .addOption(new Option("--scope <scope>", say("token.scope")).choices(tokenScopes).default("read"))
      .option("--host <name>", say("token.host"))
      .option("--expires <duration>", say("token.expires"))
      .option("--json", say("option.json")),
    context,
  ).action((name: string, options: CreateOptions) => create(context, name, options));
  addConnectionOptions(
    token.command("list").description(say("token.list")).option("--json", say("option.json")),
    context,
  ).action((options: ConnectionOptions & { json?: true }) => list(context, options));
  addConnectionOptions(
    token.command("revoke").description(say("token.revoke")).argument("<id>", say("token.id")),
    context,
  ).action((id: string, options: ConnectionOptions) => revoke(context, id, options));
};

async function create(context: CommandContext, name: string, options: CreateOptions): Promise<void> {
  const { say, terminal, clock } = context;
  const expiresAtMs =
    options.expires === undefined ? null : clock.nowMs() + durationOf(options.expires, context);
  const created = (await withApi(context, options, async (api) =>
    api.send("POST", "/tokens", {
      name,
      scope: options.scope,
      hostId: options.host === undefined ? null : await findHostId(api, options.host, context),
      expiresAtMs,
    }),
  )) as Token & { readonly secret: string };
  if (options.json) return terminal.print(JSON.stringify(created, null, 2));
  terminal.warn(say("token.created"));
  terminal.print(created.secret);
}

function durationOf(text: string, { say }: CommandContext): number {
  const parsed = parseDuration(text);
  if ("value" in parsed) return parsed.value;
  throw new PortolanError(
    "invalid",
    `--expires: ${say("events.bad-duration", { text: showable(text), problem: parsed.problem })}`,
  );
}

async function list(context: CommandContext, options: ConnectionOptions & { json?: true }): Promise<void> {
  const { say, terminal, clock } = context;
  const tokens = await withApi(context, options, allTokens);
  if (options.json) return terminal.print(JSON.stringify({ rows: tokens }, null, 2));
  const stateOf = (token: Token): string => {
    if (token.revokedAtMs !== null) return say("state.revoked");
    return say((token.expiresAtMs ?? Infinity) <= clock.nowMs() ? "state.expired" : "state.active");
  };
  printTable(
    terminal,
    [
      { title: say("column.name"), text: (token) => showable(token.name) },
      { title: say("column.scope"), text: (token) => token.scope },
      { title: say("column.state"), text: stateOf },
      { title: say("column.created"), text: (token) => localTime(token.createdAtMs) },
      { title: say("column.expires"), text: (token) => localTime(token.expiresAtMs) },
      { title: say("column.last-used"), text: (token) => localTime(token.lastUsedAtMs) },
      { title: say("column.id"), text: (token) => token.id },
    ],
    tokens,
  );
}

async function revoke(context: CommandContext, wanted: string, options: ConnectionOptions): Promise<void> {
  const { say, terminal } = context;
  const name = await withApi(context, options, async (api) => {
    const tokens = (await allTokens(api)).filter(({ revokedAtMs }) => revokedAtMs === null);
    const found = tokens.filter((token) => token.id === wanted || token.name === wanted);
    const [token] = found;
    if (token === undefined) {
      throw new PortolanError("not-found", say("token.unknown", { name: showable(wanted) }));
    }
    if (found.length > 1) {
      throw new PortolanError(
        "conflict",
        say("token.ambiguous", { count: found.length, name: showable(wanted) }),
      );
    }
    await api.send("DELETE", `/tokens/${token.id}`);
    return token.name;
  });
  terminal.print(say("token.revoked", { name: showable(name) }));
}

async function allTokens(api: ApiClient): Promise<readonly Token[]> {
  return ((await api.get("/tokens", { limit: 1000 })) as { readonly rows: readonly Token[] }).rows;
}
