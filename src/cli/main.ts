// The command line. For now it knows one command, `serve`, which hands out the chat page; the engine moves in beneath it.
// Reads process.argv, sets process.exitCode, and leaves everything else to node:http.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { parseArgs } from "node:util";

const page = new URL("../web/chat/index.html", import.meta.url);

function serve(port: number, host: string): void {
  const server = createServer((request, response) => {
    readFile(page).then(
      (html) => {
        response.writeHead(200, { "content-type": "text/html; charset=utf-8", "x-content-type-options": "nosniff" });
        response.end(request.method === "HEAD" ? undefined : html);
      },
      () => {
        response.writeHead(500, { "content-type": "text/plain" });
        response.end("The page is missing: run `npm run build`.\n");
      },
    );
  });
  server.on("error", (error) => {
    process.stderr.write(`longwire: cannot listen on ${host}:${port}: ${error.message}\n`);
    process.exitCode = 1;
  });
  server.listen(port, host, () => {
    const address = server.address();
    const bound = typeof address === "object" && address !== null ? address.port : port;
    process.stdout.write(`longwire is at http://${host === "127.0.0.1" ? "localhost" : host}:${bound}\n`);
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      server.close();
      server.closeAllConnections();
    });
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: "string", default: "8101" }, host: { type: "string", default: "127.0.0.1" } },
});
const port = Number(values.port);
if (positionals[0] !== "serve" || !Number.isInteger(port) || port < 0 || port > 65535) {
  process.stderr.write("usage: longwire serve [--port 8101] [--host 127.0.0.1]\n");
  process.exitCode = 2;
} else {
  serve(port, values.host);
}
