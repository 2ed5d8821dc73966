// What: systemd unit and container of a process, from `/proc/<pid>/cgroup`.
// Idea: both stand in the path. The innermost unit and the innermost container count: a service inside a container has
//   both, a container inside a container is the inner one.
// Trap: version 1 has one line per controller and version 2 one line; hybrids have both, and either may be `/`.
//   `docker-<id>.scope` names a container and is a unit as well; `crio-conmon-<id>.scope` is its watcher, not it.
// Source: cgroups(7), systemd.unit(5), the cgroup drivers of docker, containerd, cri-o, podman and kubelet.

export interface CgroupFacts {
  readonly unit: string | null;
  readonly containerId: string | null;
}

const linesMax = 64;
const unitSuffix = /\.(service|scope|socket|mount|swap|timer)$/;
const containerComponent =
  /^(?:(?:docker|cri-containerd|containerd|crio|libpod|nerdctl)-)?([0-9a-f]{64})(?:\.scope)?$/;

export function readCgroup(text: string): CgroupFacts {
  const lines = text.split("\n", linesMax).map(splitLine);
  const unified = lines.find((line) => line.controllers === "" && line.path !== "/");
  const systemd = lines.find((line) => line.controllers === "name=systemd" && line.path !== "/");
  const paths = [unified, systemd, ...lines].flatMap((line) => (line === undefined ? [] : [line.path]));
  return { unit: firstOf(paths.slice(0, 2), unitOf), containerId: firstOf(paths, containerOf) };
}

/** `hierarchy:controllers:path`; the path may hold colons. */
function splitLine(line: string): { controllers: string; path: string } {
  const first = line.indexOf(":");
  const second = line.indexOf(":", first + 1);
  return second < 0
    ? { controllers: "-", path: "/" }
    : { controllers: line.slice(first + 1, second), path: line.slice(second + 1) };
}

function firstOf(paths: readonly string[], read: (path: string) => string | null): string | null {
  for (const path of paths) {
    const found = read(path);
    if (found !== null) return found;
  }
  return null;
}

function unitOf(path: string): string | null {
  return path.split("/").findLast((component) => unitSuffix.test(component)) ?? null;
}

function containerOf(path: string): string | null {
  for (const component of path.split("/").reverse()) {
    const match = containerComponent.exec(component);
    if (match?.[1] !== undefined) return match[1];
  }
  return null;
}
