// Binary streams, both kinds. Live: one source, many watchers, and who is too slow harms nobody but himself. A film from a file:
// one watcher, who is sent no more than he takes. Run it with
//
//   npx tsx examples/media-server.ts 8080 films/
//   npx tsx examples/media-client.ts send  ws://127.0.0.1:8080/live/cat/source cat.webm
//   npx tsx examples/media-client.ts watch ws://127.0.0.1:8080/live/cat copy.webm
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createServer, type ServerSocket } from "longwire/server";

interface Live {
  readonly source: unknown;
  readonly watchers: Set<ServerSocket<unknown, unknown>>;
  /** What a decoder needs before anything else: the first piece. */
  head: Uint8Array | undefined;
}

const [, , port = "8080", folder = "."] = process.argv;
const films = new Set(await readdir(folder));
const streams = new Map<string, Live>();
const server = createServer();

server.route("/live/:name/source", {
  open(socket) {
    const { name } = socket.params;
    if (streams.has(name)) socket.close(4009, "somebody else sends this");
    else streams.set(name, { source: socket, watchers: new Set(), head: undefined });
  },
  message(socket, data) {
    const live = streams.get(socket.params.name);
    if (live?.source !== socket || typeof data === "string") return;
    live.head ??= data;
    // Made into a frame once. Whoever lets 1 MiB wait, or takes nothing for five seconds, is closed with 1013.
    server.publish(`live:${socket.params.name}`, data);
  },
  close(socket) {
    const live = streams.get(socket.params.name);
    if (live?.source !== socket) return;
    streams.delete(socket.params.name);
    for (const watcher of live.watchers) watcher.close(1000, "the end");
  },
});

server.route("/live/:name", {
  open(socket) {
    const live = streams.get(socket.params.name);
    if (live === undefined) {
      socket.close(4004, "nobody sends this");
      return;
    }
    if (live.head !== undefined) socket.send(live.head);
    socket.subscribe(`live:${socket.params.name}`);
    live.watchers.add(socket);
  },
  close(socket) {
    streams.get(socket.params.name)?.watchers.delete(socket);
  },
});

server.route("/films/:name", {
  async open(socket) {
    if (!films.has(socket.params.name)) {
      socket.close(4004, "no such film");
      return;
    }
    for await (const piece of createReadStream(join(folder, socket.params.name))) {
      // The file is read as fast as the watcher takes it: a slow one costs one piece of memory, not a film.
      if (socket.send(piece as Buffer) === "queued") await socket.drained();
      if (socket.readyState !== socket.OPEN) return;
    }
    socket.close(1000, "the end");
  },
});

const { url } = await server.listen({ host: "127.0.0.1", port: Number(port) });
console.log(`media at ${url}/live/… and ${url}/films/…`);

process.once("SIGTERM", () => void server.drain());
process.once("SIGINT", () => void server.close());
