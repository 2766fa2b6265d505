// A dashboard: one measurement a second for whoever looks, and the last minute for whoever comes. Serves its page as well, which
// is page.ts beside it. Run it with
//
//   npx tsx examples/dashboard/server.ts 8080        and open http://127.0.0.1:8080/
import { readFile } from "node:fs/promises";
import { cpus, freemem, loadavg, totalmem } from "node:os";
import { build } from "esbuild";
import { createServer } from "longwire/server";

interface Sample {
  readonly at: number;
  readonly load: number;
  readonly memory: number;
  readonly viewers: number;
}

const html = await readFile(new URL("index.html", import.meta.url));
// Your bundler does this once, when you build; here it is done at the start.
const { outputFiles } = await build({
  entryPoints: [new URL("page.ts", import.meta.url).pathname],
  bundle: true,
  format: "esm",
  write: false,
  minify: true,
});
const script = outputFiles[0]?.contents;

const server = createServer({
  http(request, response) {
    const isScript = request.url === "/page.js";
    if (!isScript && request.url !== "/") return void response.writeHead(404).end("not here\n");
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html; charset=utf-8");
    response.end(isScript ? script : html);
  },
});

const minute: Sample[] = [];

server.route("/samples", {
  // Whatever the next process has is as good: viewers may move to it when this one is drained.
  movable: true,
  open(socket) {
    socket.send(JSON.stringify(minute));
    socket.subscribe("samples");
  },
});

setInterval(() => {
  const sample: Sample = {
    at: Date.now(),
    load: (loadavg()[0] ?? 0) / cpus().length,
    memory: 1 - freemem() / totalmem(),
    viewers: server.subscriberCount("samples"),
  };
  minute.push(sample);
  if (minute.length > 60) minute.shift();
  // Made into bytes once, however many look.
  server.publish("samples", JSON.stringify([sample]));
}, 1_000).unref();

const { url } = await server.listen({ host: "127.0.0.1", port: Number(process.argv[2] ?? 8080) });
console.log(`dashboard at ${url.replace("ws:", "http:")}/`);

process.once("SIGTERM", () => void server.drain());
process.once("SIGINT", () => void server.close());
