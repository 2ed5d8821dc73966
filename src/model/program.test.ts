import assert from "node:assert/strict";
import test from "node:test";
import { programOf } from "./program.ts";

const programs: readonly (readonly [
  executable: string,
  commandLine: string | null,
  program: string | null,
])[] = [
  ["/usr/sbin/nginx", "nginx: master process /usr/sbin/nginx", null],
  ["/usr/bin/nc.openbsd", "nc -l 8080", null],
  ["/usr/bin/socat", "socat TCP-LISTEN:80 -", null],
  ["/usr/bin/python3.11", "python3 /srv/app.py --port 80", "/srv/app.py"],
  ["/usr/bin/python3.11", "python3 -u -W ignore /srv/app.py", "/srv/app.py"],
  ["/usr/bin/python3.11", "python3 -m http.server 8000", "-m http.server"],
  ["/usr/bin/python3.11", "python3 -um http.server", "-m http.server"],
  ["/usr/bin/python3.11", "python3 -mhttp.server", "-m http.server"],
  ["/usr/bin/python3.11", "python3 -c import x; x.serve(8080)", "-c import x; x.serve(0)"],
  ["/usr/bin/python3.11", "python3", null],
  ["/usr/bin/python3.11", "gunicorn: master [app:app]", "gunicorn"],
  ["/usr/bin/python3.11", null, null],
  ["/usr/bin/node", "node --require ./x.js --inspect server.js 80", "server.js"],
  ["/usr/bin/node", "next-server (v15.0.1)", "next-server"],
  ["/usr/bin/deno", "deno run --allow-net server.ts", "server.ts"],
  ["/usr/bin/bun", "bun server.ts", "server.ts"],
  ["/usr/bin/java", "java -Xmx1g -jar /opt/app.jar", "-jar /opt/app.jar"],
  ["/usr/bin/java", "java -cp a:b --add-opens java.base/x=ALL org.example.Main", "org.example.Main"],
  ["/usr/bin/java", "java -p mods -m app/org.example.Main", "-m app/org.example.Main"],
  ["/usr/bin/ruby3.1", "puma 6.4.2 (tcp://0.0.0.0:3000) [shop]", "puma"],
  ["/usr/bin/ruby3.1", "ruby -I lib bin/serve", "bin/serve"],
  ["/usr/bin/perl", "perl -MIO::Socket -e listen(4711)", "-e listen(0)"],
  ["/usr/bin/php8.2", "php -S 0.0.0.0:80 -t public router.php", "router.php"],
  ["/usr/bin/dash", "sh -c while true; do nc -l 80; done", "-c while true; do nc -l 0; done"],
  ["/usr/bin/bash", "-bash", null],
  ["/bin/busybox", "httpd -f -p 80", "httpd"],
  ["/bin/busybox", "busybox httpd -f -p 80", "httpd"],
  ["/usr/bin/dotnet", "dotnet exec Shop.dll --urls http://*:80", "Shop.dll"],
  [
    "/usr/bin/uwsgi-core",
    "uwsgi --socket 127.0.0.1:3031 --ini /etc/uwsgi/shop.ini",
    "--ini /etc/uwsgi/shop.ini",
  ],
  ["/usr/bin/uwsgi-core", "uwsgi --ini=/etc/uwsgi/shop.ini", "--ini /etc/uwsgi/shop.ini"],
  [
    "/usr/lib/erlang/erts-13.1/bin/beam.smp",
    "beam.smp -W w -- -root /usr -sname r@h -s rabbit boot",
    "-s rabbit",
  ],
];

for (const [executable, commandLine, program] of programs) {
  test(`${executable} as ${JSON.stringify(commandLine)} runs ${JSON.stringify(program)}`, () => {
    assert.equal(programOf(executable, commandLine), program);
  });
}

test("code on the command line is bounded", () => {
  assert.ok((programOf("/usr/bin/python3", `python3 -c ${"x".repeat(5_000)}`) ?? "").length < 120);
});
