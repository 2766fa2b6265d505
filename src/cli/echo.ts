// `longwire echo`: a test server. Three routes and the public hooks of longwire/server, nothing else, so that whatever is
// measured on it is what users get. No rate limits apply; those of size and memory do.
import { createServer } from "../server/index.ts";
import { CommandFailure, describeListenError, exitCode } from "./failure.ts";
import { authorityOf } from "./address.ts";
import type { EchoOptions } from "./program.ts";
import { stopRequested } from "./stop-signals.ts";
import { type Terminal, writeJson, writeLine } from "./terminal.ts";
import { readTlsFiles } from "./tls-files.ts";

export async function echo(options: EchoOptions, terminal: Terminal): Promise<number> {
  const tls = await readTlsFiles(options);
  const server = createServer({
    // Test pages come from anywhere, and there is nothing here to protect from them.
    origins: "any",
    limits: options.maxMessage === undefined ? {} : { maxMessageBytes: options.maxMessage },
  });
  server.route("/broadcast", {
    open: (socket) => void socket.subscribe("broadcast"),
    message: (_socket, data) => void server.publish("broadcast", data),
  });
  server.route("/sink", { message() {} });
  server.route("/*", { message: (socket, data) => void socket.send(data) });

  // Before listening: a supervisor may change its mind that soon.
  const stop = stopRequested();
  const { host, port } = options;
  const address = await server.listen({ host, port, ...tls }).catch((error: unknown) => {
    throw new CommandFailure(describeListenError(error, host, port));
  });
  const url = `${tls === undefined ? "ws" : "wss"}://${authorityOf(host, address.port)}`;
  if (options.json === true) writeJson(terminal.stdout, { event: "listening", url });
  else writeLine(terminal.stdout, `listening ${url}`);

  await stop;
  await server.close({ code: 1001 });
  return exitCode.ok;
}
