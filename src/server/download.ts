import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { pageRowsMax } from "../store/queries.ts";
import type { Page } from "../store/rows.ts";
import { byteOrderMark, csvLine, type Cell } from "./csv.ts";
import type { Server } from "./state.ts";

/** One column of a CSV file. */
export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => Cell;
}

export interface Download<Row> {
  /** `ports`: the file is called `portolan-ports-2026-11-20.csv`. */
  readonly noun: "ports" | "events";
  readonly format: "csv" | "json";
  readonly columns: readonly Column<Row>[];
  /** What of a row leaves the house as JSON. */
  readonly shape: (row: Row) => unknown;
  readonly page: (cursor: string | undefined, limit: number) => Promise<Page<Row>>;
}

/**
 * Sends a list of any length as a file, a page at a time, as fast as the reader takes it. The first page is read
 * before anything is sent, so that a bad filter still is a problem and not a broken file.
 */
export async function sendDownload<Row>(
  server: Server,
  reply: FastifyReply,
  download: Download<Row>,
): Promise<FastifyReply> {
  const leave = server.exports.enter();
  reply.raw.once("close", leave);
  const first = await download.page(undefined, pageRowsMax);
  const day = new Date(server.clock.nowMs()).toISOString().slice(0, 10);
  const rows = pagesOf(first, download.page, server.limits.exportRows);
  const text = download.format === "csv" ? asCsv(rows, download.columns) : asJson(rows, download.shape);
  return reply
    .header(
      "content-disposition",
      `attachment; filename="portolan-${download.noun}-${day}.${download.format}"`,
    )
    .header("cache-control", "no-store")
    .type(download.format === "csv" ? "text/csv; charset=utf-8" : "application/json; charset=utf-8")
    .send(Readable.from(text, { objectMode: false }));
}

async function* pagesOf<Row>(
  first: Page<Row>,
  read: Download<Row>["page"],
  rowsMax: number,
): AsyncGenerator<readonly Row[]> {
  let page = first;
  let sent = 0;
  for (;;) {
    yield page.rows.slice(0, rowsMax - sent);
    sent += page.rows.length;
    if (page.nextCursor === null || page.rows.length === 0 || sent >= rowsMax) return;
    page = await read(page.nextCursor, pageRowsMax);
  }
}

async function* asCsv<Row>(
  pages: AsyncIterable<readonly Row[]>,
  columns: readonly Column<Row>[],
): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(columns.map(({ name }) => name));
  for await (const rows of pages) {
    const text = rows.map((row) => csvLine(columns.map(({ cell }) => cell(row)))).join("");
    if (text !== "") yield text;
  }
}

async function* asJson<Row>(
  pages: AsyncIterable<readonly Row[]>,
  shape: (row: Row) => unknown,
): AsyncGenerator<string> {
  let before = "[\n";
  for await (const rows of pages) {
    const text = rows.map((row) => JSON.stringify(shape(row))).join(",\n");
    if (text === "") continue;
    yield before + text;
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}
