// Plain JavaScript on purpose: any Node must be able to read this file far enough to say that it is too old.
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(
    `portolan: needs Node.js 24 or newer; this is ${process.version}. Install Node.js 24, or run 'npm ci' in the checkout, which brings its own.\n` +
      `portolan：需要 Node.js 24 或更新的版本；当前是 ${process.version}。请安装 Node.js 24，或在源码目录里运行 npm ci（会自带一份）。\n`,
  );
  process.exit(78);
}
// Code is compiled once and kept beside the code itself: Node's own choice, a folder of one name in /tmp, can be made
// beforehand by any user of the machine. Told to threads and children by the environment: each would compile anew.
const { join } = require("node:path");
const { enableCompileCache } = require("node:module");
const kept = process.env.NODE_COMPILE_CACHE ?? join(__dirname, "../node_modules/.cache/portolan");
if (enableCompileCache(kept).directory !== undefined) process.env.NODE_COMPILE_CACHE = kept;
void import("../src/cli/main.ts");
