// What a part of the lab is on the server. A part that has something to do here is a folder src/cli/lab/<id>/ whose part.ts exports a
// PartMaker, listed in lab.ts. It has four ways to meet its page, and every one of them is for one page that is open:
//
// - requests below /lab/api/<id>/ come to `answer` (with `?page=`, checked before);
// - WebSocket routes of its own, made by `site.route("<suffix>", …)`, are at /lab/<id>/:page/<suffix>;
// - a `passage` takes requests and upgrades below /lab/passage/<id>/:page/ to servers that stand behind this one;
// - messages on the control socket: `receive` for what the page says, `page.tell(id, …)` for what it is told.
//
// What is held for a page ends when `page.signal` is aborted; what is sent for it is charged with `page.spend(bytes)`.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerSocket } from "../../server/index.ts";
import type { LabPage } from "./pages.ts";
import type { Passage } from "./passage/passage.ts";

export interface LabRequest {
  readonly page: LabPage;
  /** What follows /lab/api/<id>/, percent-encoded as it came, e.g. "poll". */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
}

export interface LabPart {
  /** Answers a request; one that it leaves unanswered by returning false gets 404. */
  answer?(request: LabRequest): boolean;
  receive?(page: LabPage, message: unknown): void;
  /** Where `page` is taken below /lab/passage/<id>/:page/; undefined if there is nothing for it now. */
  passage?(page: LabPage): PassageWay | undefined;
  /** The server stops: ends workers, listeners and timers. */
  close?(): void | Promise<void>;
}

/** What takes over requests and upgrades below a part's passage: a Passage, or whoever wants the streams themselves. */
export type PassageWay = Pick<Passage, "answer" | "upgrade">;

/** A socket of a part's route, with the page it belongs to. */
export type PartSocket = ServerSocket<undefined, { readonly page: string }>;

export interface PartHooks {
  /** `page` is open. The socket is closed with 1001 when it has gone. */
  readonly open?: (socket: PartSocket, page: LabPage) => void;
  readonly message?: (socket: PartSocket, data: string | Uint8Array) => void | Promise<void>;
  readonly close?: (socket: PartSocket, code: number, reason: string) => void;
  readonly ping?: (socket: PartSocket, payload: Uint8Array) => void;
  readonly pong?: (socket: PartSocket, payload: Uint8Array) => void;
  readonly protocols?: readonly string[];
}

/** What a part may use of the place where it is. */
export interface PartSite {
  /** Serves WebSockets at /lab/<id>/:page/<suffix>. */
  route(suffix: string, hooks: PartHooks): void;
  /** Sends to all sockets that subscribed to `topic`, which begins with the part's id: "race:…". */
  publish(topic: string, data: string): void;
  /** Where this server can be dialled from this machine; undefined while it does not listen. */
  address(): SelfAddress | undefined;
}

export interface SelfAddress {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

export type PartMaker = (site: PartSite) => LabPart;

/** The usual answer: JSON, never kept. Charged to the page. */
export function answerJson(request: LabRequest, value: unknown, status = 200): true {
  const body = Buffer.from(JSON.stringify(value));
  request.page.spend(body.length);
  request.response.writeHead(status, {
    "Cache-Control": "no-store",
    "Content-Type": "application/json",
    "Content-Length": body.length,
    "X-Content-Type-Options": "nosniff",
  });
  request.response.end(body);
  return true;
}
