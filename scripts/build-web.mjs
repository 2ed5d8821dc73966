// Plain JavaScript on purpose: npm's `prepare` runs it under whatever Node there is, also one that is too old.
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const nodeMin = 24;
const root = fileURLToPath(new URL("../", import.meta.url));
const web = `${root}web`;

/** The newest change among the sources, ms since 1970. */
function newestSource() {
  let newest = Math.max(
    statSync(`${root}package-lock.json`).mtimeMs,
    statSync(fileURLToPath(import.meta.url)).mtimeMs,
  );
  for (const entry of readdirSync(web, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = `${entry.parentPath}/${entry.name}`;
    if (!path.startsWith(`${web}/dist`)) newest = Math.max(newest, statSync(path).mtimeMs);
  }
  return newest;
}

const built = `${web}/dist/index.html`;
if (!existsSync(`${web}/index.html`)) {
  console.log("build-web: no web/index.html here, nothing to build.");
} else if (
  !process.argv.includes("--force") &&
  existsSync(built) &&
  statSync(built).mtimeMs > newestSource()
) {
  console.log("build-web: web/dist is up to date.");
} else if (Number(process.versions.node.split(".")[0]) < nodeMin) {
  // Not an error: whoever installs only the server's parts must not fail here. `portolan up` says it again.
  console.log(
    `build-web: skipped, needs Node.js ${nodeMin} or newer (this is ${process.version}). Run: npm run build:web`,
  );
} else {
  await build();
}

async function build() {
  let vite;
  try {
    vite = await import("vite");
  } catch {
    console.log("build-web: skipped, the build tools are not installed (npm ci brings them).");
    return;
  }
  const started = Date.now();
  await vite.build({ configFile: `${web}/vite.config.ts`, logLevel: "warn" });
  const bytes = readdirSync(`${web}/dist/assets`).reduce(
    (sum, name) => sum + statSync(`${web}/dist/assets/${name}`).size,
    0,
  );
  console.log(
    `build-web: web/dist built in ${((Date.now() - started) / 1000).toFixed(1)} s, ${Math.round(bytes / 1024)} KiB.`,
  );
}
