// The lab's half on the server: the control socket that is a page's life, the parts, and the way of a request to its part. A part is one
// line of the table below; part.ts says what it is. Adds routes to a LongwireServer and answers what is below /lab/api/ and /lab/passage/.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { addressGroup } from "../../base/address-group.ts";
import type { LongwireServer, ServerSocket } from "../../server/index.ts";
import { breakPart } from "./break/part.ts";
import { handshakePart } from "./handshake/part.ts";
import { manyPart } from "./many/part.ts";
import { LabPages, type LabPage } from "./pages.ts";
import type { LabPart, PartHooks, PartMaker, PartSite, PartSocket, PassageWay, SelfAddress } from "./part.ts";
import { persistPart } from "./persist/part.ts";
import { racePart } from "./race/part.ts";
import { wirePart } from "./wire/part.ts";
import { wayPart } from "./way/part.ts";
import { type ControlAnswer, parseControlRequest } from "./wire.ts";

/** By id: the folder's name here and in web/lab/, and the first segment of the part's addresses. */
const table: Readonly<Record<string, PartMaker>> = {
  race: (site) => racePart(site),
  handshake: handshakePart,
  wire: wirePart,
  break: () => breakPart(),
  many: () => manyPart(),
  way: wayPart,
  persist: (site) => persistPart(site),
};

export interface Lab {
  /** Answers a plain request if it is for the lab's own addresses; false, and nothing happens to it, if it is not. */
  answer(message: IncomingMessage, response: ServerResponse): boolean;
  /** The same for an upgrade that is for no route. */
  upgrade(message: IncomingMessage, socket: Duplex, head: Uint8Array): boolean;
  /** Ends what the parts hold, at once. Resolves when nothing of it is left. */
  close(): Promise<void>;
}

export interface LabOptions {
  /** Where the server can be dialled from this machine; undefined while it does not listen. */
  address(): SelfAddress | undefined;
  /** Instead of the lab's own parts, for tests. */
  readonly parts?: Readonly<Record<string, PartMaker>>;
}

type Server = Pick<LongwireServer, "publish" | "route">;

export function openLab(server: Server, options: LabOptions): Lab {
  const pages = new LabPages();
  const parts = new Map<string, LabPart>();
  for (const [id, make] of Object.entries(options.parts ?? table)) {
    parts.set(id, make(siteOf(server, id, pages, options)));
  }
  serveControl(server, pages, parts);
  return {
    answer(message, response) {
      const way = findPassage(pages, parts, message);
      if (way === undefined) return answerRequest(pages, parts, message, response);
      if (way.passage === undefined) refuse(response, 404, "There is no passage here now.\n");
      else way.passage.answer(way.path, message, response);
      return true;
    },
    upgrade(message, socket, head) {
      const way = findPassage(pages, parts, message);
      way?.passage?.upgrade(way.path, message, socket, head);
      return way?.passage !== undefined;
    },
    async close() {
      pages.close();
      await Promise.all([...parts.values()].map(async (part) => part.close?.()));
    },
  };
}

/** The socket that a page opens first and keeps. */
function serveControl(server: Server, pages: LabPages, parts: ReadonlyMap<string, LabPart>): void {
  const present = new WeakMap<ServerSocket<undefined, object>, LabPage>();
  server.route("/lab/control", {
    open: (socket) => {
      const send = (answer: ControlAnswer): void => void socket.send(JSON.stringify(answer));
      const page = pages.enter({
        address: addressGroup(socket.request.remoteAddress),
        send: (part, message) => send({ type: "part", part, message }),
        close: (code, reason) => socket.close(code, reason),
      });
      if (page === undefined) return;
      present.set(socket, page);
      send({ type: "page", page: page.id });
    },
    message: (socket, data) => {
      const page = present.get(socket);
      const request = typeof data === "string" ? parseControlRequest(data) : undefined;
      if (page === undefined || request === undefined) return;
      if (request.type === "time") {
        const answer: ControlAnswer = { type: "time", asked: request.asked, now: performance.now() };
        socket.send(JSON.stringify(answer));
      } else {
        parts.get(request.part)?.receive?.(page, request.message);
      }
    },
    close: (socket) => present.get(socket)?.leave(),
  });
}

function siteOf(server: Server, id: string, pages: LabPages, options: LabOptions): PartSite {
  return {
    address: () => options.address(),
    publish: (topic, data) => void server.publish(topic, data),
    route: (suffix, hooks) => routeForPages(server, `/lab/${id}/:page/${suffix}`, hooks, pages),
  };
}

/** A route whose sockets belong to a page and go with it. */
function routeForPages(server: Server, pattern: string, hooks: PartHooks, pages: LabPages): void {
  const { open, message, ...others } = hooks;
  // Of the pattern only the name matters to the types.
  server.route<"/:page", undefined>(pattern as "/:page", {
    ...others,
    message: (socket: PartSocket, data) => {
      // What is answered grows with what is said, most of all where it is sent back.
      const mayGoOn = pages.find(socket.params.page)?.spend(Buffer.byteLength(data)) === true;
      return mayGoOn ? message?.(socket, data) : undefined;
    },
    open: (socket: PartSocket) => {
      const page = pages.find(socket.params.page);
      if (page === undefined) {
        socket.close(1008, "There is no page with this id. Load the lab again.");
        return;
      }
      const release = page.hold(pattern, () => socket.close(1001, "The page has gone."));
      if (release === undefined) {
        socket.close(1008, "This page has enough sockets of this kind.");
        return;
      }
      socket.addEventListener("close", release);
      open?.(socket, page);
    },
  });
}

/** Undefined if the request is for no passage at all. */
function findPassage(
  pages: LabPages,
  parts: ReadonlyMap<string, LabPart>,
  message: IncomingMessage,
): { readonly passage: PassageWay | undefined; readonly path: string } | undefined {
  const found = /^\/lab\/passage\/([\w-]+)\/([\w-]+)(\/[^#]*)/.exec(message.url ?? "");
  if (found === null) return undefined;
  const [, part = "", id, path = ""] = found;
  const page = pages.find(id);
  return { passage: page === undefined ? undefined : parts.get(part)?.passage?.(page), path };
}

function answerRequest(
  pages: LabPages,
  parts: ReadonlyMap<string, LabPart>,
  message: IncomingMessage,
  response: ServerResponse,
): boolean {
  const found = /^\/lab\/api\/([\w-]+)\/([^?#]*)(?:\?([^#]*))?/.exec(message.url ?? "");
  if (found === null) return false;
  const [, id = "", path = "", search] = found;
  const query = new URLSearchParams(search);
  // The id is known to the page alone, so no other page can have anything done here in its name.
  const page = pages.find(query.get("page"));
  if (page === undefined) {
    refuse(response, 403, "There is no page with this id. Load the lab again.\n");
    return true;
  }
  const isAnswered = parts.get(id)?.answer?.({ page, path, query, message, response }) === true;
  if (!isAnswered) refuse(response, 404, "The lab has nothing at this address.\n");
  return true;
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "Cache-Control": "no-store",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(text),
    "X-Content-Type-Options": "nosniff",
  });
  response.end(text);
}
