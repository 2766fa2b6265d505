// The server's half of the transports made of requests (wire/session-v1 §4.2–4.5): five addresses below the line's path. Judges
// what can be judged of a request without its session, reads bodies as they come, and ends every answer. Who may come in, and
// which session a ticket names, is asked of a Desk; packets are not looked into.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../base/clock.ts";
import type { BodyReceiver, CourierReceiver, Link, LinkReceiver, Courier } from "../../base/link.ts";
import { Answer, type Fields } from "./server-answer.ts";
import { BodyReader, joinPackets } from "./body.ts";
import {
  ACTIONS,
  type Action,
  CONTENT_TYPE,
  MAX_BODY_BYTES,
  MAX_BODY_PACKETS,
  MAX_OPENING_BODY_BYTES,
  RECEIVED_HEADER,
  statusOfCode,
  TICKET_HEADER,
  ticketBytes,
  WAIT_SECONDS,
} from "./headers.ts";
import { HeldAnswers } from "./server-held-answers.ts";
import { OpenAnswer } from "./server-open-answer.ts";

/** A transport as its session sees it. */
export type Receiver = LinkReceiver & CourierReceiver;

/** The way that a new transport is. */
export type HttpWay =
  | { readonly kind: "stream"; readonly link: Link }
  | { readonly kind: "longpoll"; readonly courier: Courier };

/** A transport that has just come in. */
export interface Entry {
  readonly receiver: Receiver;
}

/** Where a request with a ticket belongs. */
export interface Place {
  readonly receiver: Receiver;
  /** The cursor of a GET. False for an old repeat, and for one that breaks a rule. */
  receiveCursor(received: number): boolean;
  /** What is said in answer to a POST. */
  takeAnswer(): readonly Uint8Array[];
  /** Whether the transport goes on. */
  readonly isOpen: boolean;
  /** A number is missing before what the POST held, or the stream has ended to which it belongs: what came counts up to there. */
  readonly isShort: boolean;
}

/** A request that is not let in. */
export interface Objection {
  readonly status: number;
  readonly retryAfterSeconds?: number | undefined;
}

/** The answer to a probe. */
export interface ProbeAnswer {
  readonly packets: readonly Uint8Array[];
  /** Whether it is held open for a moment, so that it shows what the path does to answers. */
  readonly isHeld: boolean;
}

/** What the endpoint asks of the server it belongs to. */
export interface Desk {
  /**
   * Judges host and origin of any request, before anything of it is read. `hasTicket`: a GET without Origin passes only with
   * one. `undefined`: it may come in.
   */
  object(request: IncomingMessage, action: Action, hasTicket: boolean): Objection | undefined;
  /** The origin that may read the answer, exactly as the request says it; undefined: none needs to be named. */
  allowedOrigin(request: IncomingMessage): string | undefined;
  /** Whether cookies of another origin are wanted. */
  readonly allowsCredentials: boolean;
  /** A transport comes in with HELLO or RESUME, if there is room for it. */
  enter(way: HttpWay, request: IncomingMessage): Entry | Objection;
  find(ticket: Uint8Array): Place | 409 | 410;
  /** When to come again, for who is sent away because of the moment and is not told otherwise. */
  retryAfterSeconds(): number;
  /** What answers the packets of a probe. `isPatient`: its client would wait for the end. */
  answerProbe(request: IncomingMessage, packets: readonly Uint8Array[], isPatient: boolean): ProbeAnswer | Objection;
}

export interface EndpointOptions {
  readonly desk: Desk;
  readonly clock: Clock;
  /** From a request's head to the end of its body. */
  readonly bodyTimeoutMs: number;
}

const PROBE_HELD_MS = 2_000;

/** How the reading of a body ends. */
interface BodyEvents {
  receiveEnd(): void;
  /** It is too big, too slow, or no body of packets; the answer says so. */
  receiveRefused(): void;
}

/** What the endpoint keeps of one transport. */
interface Transport {
  readonly held: HeldAnswers | undefined;
  /** The POST that is being read. */
  posting: Answer | undefined;
}

export class HttpEndpoint {
  readonly #options: EndpointOptions;
  readonly #transports = new WeakMap<Receiver, Transport>();

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  /** Answers a request for one of the five addresses, whatever it holds. */
  receive(action: Action, request: IncomingMessage, response: ServerResponse): void {
    const { desk } = this.#options;
    const answer = new Answer(request, response, this.#fields(request), () => desk.retryAfterSeconds());
    const objection = this.#judge(action, request);
    if (objection !== undefined) {
      this.#refuse(answer, request, objection);
      return;
    }
    if (request.method === "OPTIONS") {
      answer.end(204, undefined, preflight);
    } else if (action === "open") {
      this.#open(request, answer);
    } else if (action === "stream") {
      this.#stream(request, answer);
    } else if (action === "probe") {
      this.#probe(request, answer, desk);
    } else {
      this.#serve(action, request, answer);
    }
  }

  #judge(action: Action, request: IncomingMessage): Objection | undefined {
    const { method = "", headers } = request;
    const expected = action === "poll" ? "GET" : "POST";
    const isKnown = method === expected || method === "OPTIONS";
    if (!isKnown) return { status: 405 };
    const hasTicket = headers[TICKET_HEADER] !== undefined;
    const objection = this.#options.desk.object(request, action, hasTicket);
    if (objection !== undefined || method === "OPTIONS") return objection;
    if ((headers["content-encoding"] ?? "identity") !== "identity") return { status: 415 };
    const [type = ""] = (headers["content-type"] ?? "").split(";");
    if (method === "POST" && type.trim().toLowerCase() !== CONTENT_TYPE) return { status: 415 };
    // What early data brings can be a replay; everything else here is harmless by its numbers.
    const isOpening = action === "open" || action === "stream";
    return isOpening && headers["early-data"] === "1" ? { status: 425 } : undefined;
  }

  #fields(request: IncomingMessage): Fields {
    const { desk } = this.#options;
    const origin = desk.allowedOrigin(request);
    if (origin === undefined) return { vary: "Origin" };
    const credentials = desk.allowsCredentials ? { "access-control-allow-credentials": "true" } : {};
    return { vary: "Origin", "access-control-allow-origin": origin, ...credentials };
  }

  #refuse(answer: Answer, request: IncomingMessage, { status, retryAfterSeconds }: Objection): void {
    const more = {
      ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
      ...(status === 405 ? { allow: "GET, POST, OPTIONS" } : {}),
    };
    answer.end(status, undefined, more);
    request.resume();
  }

  // --- transports that come in ---

  #open(request: IncomingMessage, answer: Answer): void {
    const held = new HeldAnswers(this.#options.clock);
    const entry = this.#options.desk.enter({ kind: "longpoll", courier: held }, request);
    if ("status" in entry) {
      this.#refuse(answer, request, entry);
      return;
    }
    const { receiver } = entry;
    held.open(receiver);
    this.#transports.set(receiver, { held, posting: undefined });
    // A client that is gone before its session has the transport takes it along.
    let isTaken = false;
    answer.onGone(() => !isTaken && receiver.receiveClosed(1006, "The request was given up."));
    this.#read(request, answer, MAX_OPENING_BODY_BYTES, () => receiver.openBody(), {
      receiveEnd: () => {
        isTaken = true;
        held.hold(answer, Infinity);
      },
      receiveRefused: () => receiver.receiveClosed(4400, "The body cannot be read."),
    });
  }

  #stream(request: IncomingMessage, answer: Answer): void {
    const link = new OpenAnswer(answer);
    const entry = this.#options.desk.enter({ kind: "stream", link }, request);
    if ("status" in entry) {
      this.#refuse(answer, request, entry);
      return;
    }
    const { receiver } = entry;
    link.open(receiver);
    this.#transports.set(receiver, { held: undefined, posting: undefined });
    this.#read(request, answer, MAX_OPENING_BODY_BYTES, () => receiver.openBody(), {
      receiveEnd: () => {},
      receiveRefused: () => receiver.receiveClosed(4400, "The body cannot be read."),
    });
  }

  // --- requests with a ticket ---

  #serve(action: "send" | "poll", request: IncomingMessage, answer: Answer): void {
    const ticket = ticketBytes(String(request.headers[TICKET_HEADER] ?? ""));
    const find = (): Place | 409 | 410 => (ticket === undefined ? 410 : this.#options.desk.find(ticket));
    const place = find();
    if (typeof place === "number") {
      this.#refuse(answer, request, { status: place });
      return;
    }
    const transport = this.#transportOf(place.receiver);
    if (action === "poll" && transport.held === undefined) {
      this.#refuse(answer, request, { status: 409 });
    } else if (action === "send") {
      this.#send(request, answer, place, transport, find);
    } else {
      this.#poll(request, answer, place, transport);
    }
  }

  /** What is left of a stream has not come in by a request. */
  #transportOf(receiver: Receiver): Transport {
    const transport = this.#transports.get(receiver) ?? { held: undefined, posting: undefined };
    this.#transports.set(receiver, transport);
    return transport;
  }

  #send(
    request: IncomingMessage,
    answer: Answer,
    found: Place,
    transport: Transport,
    find: () => Place | 409 | 410,
  ): void {
    let place = found;
    const openBody = (): BodyReceiver => {
      // Its stream can end between the head of the request and the body.
      const later = place.isOpen ? place : find();
      if (typeof later !== "number") place = later;
      return place.receiver.openBody();
    };
    // What the older one has delivered stays delivered.
    transport.posting?.end(409);
    transport.posting = answer;
    const endedWith = (): number => {
      if (transport.held?.closedWith !== undefined) return statusOfCode(transport.held.closedWith);
      // The session is over, by what was just read, or has another transport.
      const later = find();
      return typeof later === "number" ? later : 409;
    };
    const leave = (): void => {
      if (transport.posting === answer) transport.posting = undefined;
    };
    answer.onGone(leave);
    this.#read(request, answer, MAX_BODY_BYTES, openBody, {
      receiveEnd: () => {
        leave();
        // What waits is not for an answer that a newer request has ended.
        if (answer.isEnded) return;
        if (place.isOpen) answer.end(place.isShort ? 409 : 200, joinPackets(place.takeAnswer()));
        else answer.end(place.isShort ? 409 : endedWith());
      },
      receiveRefused: leave,
    });
  }

  #poll(request: IncomingMessage, answer: Answer, place: Place, { held }: Transport): void {
    const cursor = String(request.headers[RECEIVED_HEADER] ?? "");
    if (!/^\d{1,15}$/.test(cursor)) {
      answer.end(400);
      return;
    }
    const isNew = place.receiveCursor(Number(cursor));
    if (held?.closedWith !== undefined) held.hold(answer, 0);
    else if (!isNew) answer.end(204);
    else held?.hold(answer, waitMs(request));
  }

  // --- bodies ---

  /** Reads the body into what `openBody` gives at its first packet, as it comes. */
  #read(
    request: IncomingMessage,
    answer: Answer,
    maxBytes: number,
    openBody: () => BodyReceiver,
    reading: BodyEvents,
  ): void {
    let body: BodyReceiver | undefined;
    // One chunk can hold thousands: counted packet by packet, not chunk by chunk.
    const reader = new BodyReader(
      (packet) => reader.packetCount <= MAX_BODY_PACKETS && (body ??= openBody()).receive(packet),
    );
    let bytes = 0;
    let isOver = false;
    const finish = (run: () => void): void => {
      if (isOver) return;
      isOver = true;
      timer.cancel();
      run();
    };
    const refuse = (status: number): void =>
      finish(() => {
        answer.end(status);
        reading.receiveRefused();
      });
    const timer = this.#options.clock.schedule(this.#options.bodyTimeoutMs, () => refuse(408));
    request.on("error", ignore);
    request.on("data", (chunk: Uint8Array) => {
      if (isOver) return;
      bytes += chunk.length;
      const state = bytes > maxBytes || answer.isEnded ? "stopped" : reader.read(chunk);
      if (state === "malformed") refuse(400);
      else if (bytes > maxBytes || reader.packetCount > MAX_BODY_PACKETS) refuse(413);
      else if (state === "stopped") finish(() => reading.receiveEnd());
    });
    request.on("end", () =>
      finish(() => {
        // One without packets takes the place of an older one as well; not one that was superseded itself.
        if (!answer.isEnded) body ??= openBody();
        reading.receiveEnd();
      }),
    );
    // A body cut short: its answer has nobody to go to, what was read of it counts.
    request.on("close", () => finish(() => {}));
  }

  #probe(request: IncomingMessage, answer: Answer, desk: Desk): void {
    const packets: Uint8Array[] = [];
    const reader = new BodyReader((packet) => packets.push(packet.slice()) < 2);
    let bytes = 0;
    const deadline = this.#options.clock.schedule(this.#options.bodyTimeoutMs, () => answer.end(408));
    request.on("error", ignore);
    request.on("data", (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > MAX_PROBE_BYTES || reader.read(chunk) === "malformed") answer.end(400);
    });
    request.on("close", () => deadline.cancel());
    request.on("end", () => {
      deadline.cancel();
      if (answer.isEnded) return;
      // Whoever would not wait wants to know who answers, not how the path carries it.
      const isPatient = request.headers["prefer"] === undefined || waitMs(request) > 0;
      const said = desk.answerProbe(request, packets, isPatient);
      if ("status" in said) {
        this.#refuse(answer, request, said);
        return;
      }
      const body = joinPackets(said.packets);
      if (!said.isHeld) {
        answer.end(200, body);
        return;
      }
      answer.write(body);
      const timer = this.#options.clock.schedule(PROBE_HELD_MS, () => answer.end(200));
      answer.onGone(() => timer.cancel());
    });
  }
}

/** Which of the five addresses below `path` a request asks for. */
export function actionOf(url: string, path: string): Action | undefined {
  const [pathname = ""] = url.split("?", 1);
  if (!pathname.startsWith(`${path}/`)) return undefined;
  const name = pathname.slice(path.length + 1);
  return ACTIONS.find((action) => action === name);
}

function waitMs(request: IncomingMessage): number {
  const seconds = /(?:^|,)\s*wait=(\d{1,3})\s*(?:,|;|$)/.exec(String(request.headers["prefer"] ?? ""))?.[1];
  return Math.min(Number(seconds ?? 0), WAIT_SECONDS) * 1000;
}

const MAX_PROBE_BYTES = 64;

const preflight: Fields = {
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers": `content-type, ${TICKET_HEADER}, ${RECEIVED_HEADER}, prefer`,
  "access-control-max-age": "7200",
};

/** What goes wrong with a connection is told by its close. */
function ignore(): void {}
