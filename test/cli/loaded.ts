// Loaded before the program (`node --import`): writes every file that it loads to the file that PORTOLAN_LOADED names.
import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";

const told = process.env["PORTOLAN_LOADED"] ?? "";

registerHooks({
  load(url, context, next) {
    if (url.startsWith("file:")) appendFileSync(told, `${url}\n`);
    return next(url, context);
  },
});
