// An inspector's addresses below one path: the page's files, and the WebSocket that it lives on. Who may come is the gate's, what is
// said there the viewer's. Knows nothing of listeners: it is put before somebody's requests, and on somebody's routes.

import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock, systemClock } from "../base/clock.ts";
import type { Inspection, LongwireServer, ServerSocket } from "../server/index.ts";
import { type GateRules, judgeVisitor } from "./gate.ts";
import { type PageFiles, pageHeaders } from "./pages.ts";
import { Viewer } from "./viewer.ts";

export interface RoomOptions {
  readonly inspection: Inspection;
  /** Where it begins, with a slash at both ends, e.g. "/inspect/". */
  readonly path: string;
  readonly files: PageFiles;
  readonly token: string;
  readonly gate: GateRules;
  readonly clock?: Clock | undefined;
}

/** Pages that look on at the same time. */
const MOST_VIEWERS = 8;

export class Room {
  readonly #options: RoomOptions;
  readonly #viewers = new Map<ServerSocket, Viewer>();

  constructor(options: RoomOptions) {
    this.#options = options;
  }

  /** Answers a request for one of its addresses. False, and nothing happens to it, for any other. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const { path, files, gate } = this.#options;
    const [target = ""] = (request.url ?? "").split("?", 1);
    if (`${target}/` !== path && !target.startsWith(path)) return false;
    const { method = "", headers, rawHeaders } = request;
    const visitor = { remoteAddress: request.socket.remoteAddress, host: headers.host, rawHeaders };
    const objection = judgeVisitor(visitor, gate);
    if (objection !== undefined) {
      say(response, objection.status, objection.message);
    } else if (method !== "GET" && method !== "HEAD") {
      say(response, 405, "The inspector's page can only be read.", { Allow: "GET, HEAD" });
    } else if (`${target}/` === path) {
      // The part behind the # goes along by itself.
      say(response, 308, "The inspector is one slash further.", { Location: path });
    } else {
      const file = files.get(target.slice(path.length));
      if (file === undefined) say(response, 404, "The inspector has nothing at this address.");
      else {
        response.writeHead(200, { ...pageHeaders, "Content-Type": file.type, "Content-Length": file.body.length });
        response.end(method === "HEAD" ? undefined : file.body);
      }
    }
    return true;
  }

  /** Serves the page's WebSocket on `server`. */
  addRoute<User>(server: LongwireServer<User>): void {
    const { inspection, path, token, gate, clock = systemClock } = this.#options;
    server.route(`${path}live`, {
      // A page of another origin is refused, wherever the application's own routes let it in.
      origins: [],
      outbox: false,
      // No `authenticate`: a server without one of its own would ask it who comes with a session.
      open: (socket) => {
        const { remoteAddress, host, headers } = socket.request;
        const objection = judgeVisitor({ remoteAddress, host, rawHeaders: [...headers].flat() }, gate);
        if (objection !== undefined) socket.close(4403, objection.message);
        else if (this.#viewers.size >= MOST_VIEWERS) socket.close(4429, "Too many look on already.");
        else this.#viewers.set(socket, new Viewer(socket, { inspection, token, clock }));
      },
      message: (socket, data) => this.#viewers.get(socket)?.receive(data),
      close: (socket) => {
        this.#viewers.get(socket)?.end();
        this.#viewers.delete(socket);
      },
    });
  }
}

function say(response: ServerResponse, status: number, sentence: string, more: Record<string, string> = {}): void {
  const headers = { ...pageHeaders, "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", ...more };
  response.writeHead(status, headers).end(`${sentence}\n`);
}
