// What one page has going on in “The way here”: its visits, what it said how, what was arranged to happen. Each of the page's requests and
// sockets comes here; part.ts brings them.
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { LabPage } from "../pages.ts";
import type { PartSocket } from "../part.ts";
import { Meter, type SocketMarks } from "../race/meter.ts";
import { parseObject } from "./duplex.ts";
import { longestMs, type News, type Said, sayPlan, type TalkAnswer, type TalkRequest, type Visit } from "./wire.ts";

/** Questions that wait for their answer. */
const pendingLimit = 16;

export class WayTalk {
  readonly #page: LabPage;
  readonly #said: Meter;
  readonly #sayCounts = new WeakMap<PartSocket, number>();
  #lastLines: ReadonlySet<string> = new Set();
  #happenedAt: number | undefined;
  #pending = 0;

  constructor(page: LabPage, marks: SocketMarks) {
    this.#page = page;
    this.#said = new Meter(marks);
  }

  /** The request as it came, and what of it was said before. A page without the cookie gets one. */
  visit(message: IncomingMessage, response: ServerResponse): Visit {
    const lines = [`${message.method} ${message.url} HTTP/${message.httpVersion}`];
    const { rawHeaders } = message;
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
    if (!(message.headers.cookie ?? "").includes("visitor=")) {
      const name = randomBytes(6).toString("base64url");
      response.setHeader("Set-Cookie", `visitor=${name}; Path=/lab/api/way; Max-Age=600; HttpOnly; SameSite=Strict`);
    }
    const repeated = lines.map((line) => this.#lastLines.has(line));
    this.#lastLines = new Set(lines);
    // A line ends with two bytes, the head with two more.
    const size = (line: string): number => Buffer.byteLength(line, "latin1") + 2;
    const sum = (some: readonly string[]): number => some.reduce((all, line) => all + size(line), 0);
    return {
      lines,
      bytes: sum(lines) + 2,
      repeated,
      repeatedBytes: sum(lines.filter((_, index) => repeated[index] === true)),
    };
  }

  /** Takes what was said over HTTP, and answers that it was heard. */
  say(message: IncomingMessage, response: ServerResponse): void {
    this.#said.count(message, response);
    message.resume();
    message.once("end", () => response.writeHead(204, { "Cache-Control": "no-store" }).end());
  }

  /** What saying it over HTTP has cost since this was asked last. */
  takeSaid(): Said {
    const { bytesUp, bytesDown } = this.#said.tally;
    this.#said.reset();
    return { type: "said", bytesUp, bytesDown };
  }

  /** Takes what was said on a socket; after the last of it says what the socket has counted, its opening included. */
  hear(socket: PartSocket): void {
    const count = (this.#sayCounts.get(socket) ?? 0) + 1;
    this.#sayCounts.set(socket, count);
    if (count !== sayPlan.count) return;
    const { received, sent } = socket.transportBytes;
    this.#page.tell("way", { type: "said", bytesUp: received, bytesDown: sent } satisfies Said);
  }

  talk(socket: PartSocket, data: string | Uint8Array): void {
    const request = parseTalkRequest(data);
    if (request === undefined || this.#pending >= pendingLimit) return;
    if (request.type === "arrange") this.#happenedAt = undefined;
    this.#pending += 1;
    setTimeout(
      () => {
        this.#pending -= 1;
        if (request.type === "arrange") this.#happenedAt = performance.now();
        const answer: TalkAnswer =
          request.type === "ask"
            ? { type: "answer", name: request.name }
            : { type: "happened", at: this.#happenedAt ?? 0 };
        socket.send(JSON.stringify(answer));
      },
      request.type === "ask" ? request.takesMs : request.inMs,
    ).unref();
  }

  get news(): News {
    return { happenedAt: this.#happenedAt };
  }
}

export function parseTalkRequest(data: string | Uint8Array): TalkRequest | undefined {
  const value = parseObject(data);
  if (value === undefined) return undefined;
  const { type, name, takesMs, inMs } = value;
  if (type === "ask" && typeof name === "string" && name.length <= 32 && isDuration(takesMs)) {
    return { type, name, takesMs };
  }
  return type === "arrange" && isDuration(inMs) ? { type, inMs } : undefined;
}

function isDuration(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= longestMs;
}
