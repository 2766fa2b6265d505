// Requests on our own listener that do not ask for an upgrade: the operator's pages (`/metrics`, `/healthz`, `/readyz`), one
// friendly sentence at WebSocket paths (426), the application's own `http`, or 404. And upgrades to no route, which it may take. Never
// touches the requests of a server we are only attached to.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Refusal } from "../protocol/handshake/upgrade-request.ts";
import { isUpgradeAttempt, judgeUpgrade } from "../protocol/handshake/upgrade-request.ts";
import type { Admission } from "./admission.ts";
import { ignoreError } from "./last-answer.ts";
import type { Reports } from "./reports.ts";
import { isThenable } from "./thenable.ts";
import { parseTarget } from "./upgrade-request.ts";

/** Answers plain requests, as Node's own listeners do; it may be asynchronous. */
export type PlainListener = (message: IncomingMessage, response: ServerResponse) => unknown;

/** Takes over a request for a WebSocket, socket and all, by returning true: it is then nobody else's, also when the server closes. */
export type UpgradeListener = (message: IncomingMessage, socket: Duplex, head: Uint8Array) => boolean;

export interface PlainPages {
  /** Where the Prometheus text is served; undefined for nowhere. */
  readonly metricsPath: string | undefined;
  metrics(): string;
  /** Whether new connections are welcome. */
  ready(): boolean;
  /** The application's listener for everything else. */
  readonly http: PlainListener | undefined;
  /** And for upgrades. */
  readonly upgrade?: UpgradeListener | undefined;
}

export class PlainRequests {
  readonly #admission: Admission;
  readonly #reports: Reports;
  readonly #pages: PlainPages;
  /** Connections that end with the answer to an earlier request. */
  readonly #ended = new WeakSet<object>();

  constructor(admission: Admission, reports: Reports, pages: PlainPages) {
    this.#admission = admission;
    this.#reports = reports;
    this.#pages = pages;
  }

  answer(message: IncomingMessage, response: ServerResponse, boundTo: string | undefined): void {
    // Node has read on already: what was sent behind a refused request is nobody's (V-47).
    if (this.#ended.has(message.socket)) return;
    const objection = this.#admission.judgeHeaders(message.rawHeaders, boundTo);
    if (objection !== undefined) {
      this.#refuse(message, response, objection);
      return;
    }
    const isRead = message.method === "GET" || message.method === "HEAD";
    const target = parseTarget(message.url ?? "");
    if (target !== undefined && isRead && this.#answerPage(target.path, message, response)) return;
    const match = target === undefined ? undefined : this.#admission.match(target, "");
    const { http } = this.#pages;
    // A route that takes every path leaves plain requests to an application that wants them.
    if (match !== undefined && (http === undefined || (isRead && !match.value.pattern.includes("*")))) {
      this.#refuse(message, response, this.#plainAtRoute(message));
    } else if (http !== undefined) {
      this.#pass(http, message, response);
    } else {
      send(response, 404, "There is nothing at this path.\n");
    }
  }

  /** Whether the application takes over this upgrade, which is for none of our routes. */
  giveAway(message: IncomingMessage, socket: Duplex, head: Uint8Array, boundTo: string | undefined): boolean {
    const { upgrade } = this.#pages;
    if (upgrade === undefined || !this.#pages.ready() || !isUpgradeAttempt(message)) return false;
    if (this.#admission.judgeHeaders(message.rawHeaders, boundTo) !== undefined) return false;
    try {
      return upgrade(message, socket, head);
    } catch (error) {
      this.#reports.threw("the upgrade option", error);
      socket.on("error", ignoreError);
      socket.destroy();
      return true;
    }
  }

  #answerPage(path: string, message: IncomingMessage, response: ServerResponse): boolean {
    if (path === this.#pages.metricsPath) {
      send(response, 200, this.#pages.metrics(), "text/plain; version=0.0.4; charset=utf-8");
    } else if (path === "/healthz") {
      send(response, 200, "alive\n");
    } else if (path === "/readyz") {
      const ready = this.#pages.ready();
      send(response, ready ? 200 : 503, ready ? "ready\n" : "draining\n");
    } else {
      return false;
    }
    // What an operator asks for may not sit in a cache, nor a connection that asked it be kept from closing.
    message.resume();
    return true;
  }

  /** The protocol's own words for a request that is no upgrade. */
  #plainAtRoute(message: IncomingMessage): Refusal {
    const { httpVersion, rawHeaders } = message;
    const result = judgeUpgrade(
      {
        method: message.method === "HEAD" ? "GET" : (message.method ?? ""),
        httpVersion,
        url: message.url ?? "",
        rawHeaders,
      },
      this.#admission.rules.limits,
    );
    return "status" in result ? result : connectionHeaderMissing;
  }

  #refuse(message: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
    this.#ended.add(message.socket);
    const { view, target } = this.#admission.visit(message, message.socket);
    this.#reports.refused({ remoteAddress: view.remoteAddress, target }, refusal);
    const { status, headers } = refusal;
    const connection = "Upgrade" in headers ? "Upgrade, close" : "close";
    response.writeHead(status, {
      ...headers,
      Connection: connection,
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": Buffer.byteLength(refusal.message),
    });
    response.end(message.method === "HEAD" ? undefined : refusal.message);
  }

  #pass(http: PlainListener, message: IncomingMessage, response: ServerResponse): void {
    const fail = (error: unknown): void => {
      this.#reports.threw("the http option", error);
      if (response.headersSent) response.destroy();
      else send(response, 500, "The server met an error of its own.\n");
    };
    try {
      const result = http(message, response);
      if (isThenable(result)) result.then(undefined, fail);
    } catch (error) {
      fail(error);
    }
  }
}

/** Node takes a request for an upgrade only if Connection says so. */
const connectionHeaderMissing: Refusal = {
  status: 400,
  code: "LW_PROTOCOL_CONNECTION_INVALID",
  headers: {},
  message: "The request cannot be upgraded.",
};

function send(response: ServerResponse, status: number, text: string, type = "text/plain; charset=utf-8"): void {
  response.writeHead(status, {
    "Cache-Control": "no-store",
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(text),
    "X-Content-Type-Options": "nosniff",
  });
  response.end(text);
}
