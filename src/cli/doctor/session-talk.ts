// The session's side of the examination: the packets that a visitor says and hears (wire/session-v1 §2) on whichever
// transport, kept in the order in which they came. Opens one channel, at a path that no application has, to make the server
// say something in its own time; no handler is called by it unless a route takes every path.

import {
  BodyReader,
  CONTENT_TYPE,
  type ControlPacket,
  decodePacket,
  encodeEnvelope,
  encodePacket,
  EnvelopeKind,
  isViolation,
  joinPackets,
  type Packet,
  packetsOf,
  PacketType,
  RECEIVED_HEADER,
  TICKET_HEADER,
  ticketText,
  WIRE_VERSION,
} from "../../wire/index.ts";
import type { HeaderLine } from "./facts.ts";
import { Inquiry, type Question, type Site } from "./http-request.ts";
import type { Patience } from "./patience.ts";

const creditBytes = 1024 * 1024;
const nobodysPath = "/longwire-doctor";
const noToken = new Uint8Array(0);

export const hello: ControlPacket = {
  type: PacketType.hello,
  version: WIRE_VERSION,
  credit: creditBytes,
  maxMessageBytes: creditBytes,
  token: noToken,
};
export const farewell: ControlPacket = { type: PacketType.bye, code: 1000, reason: "" };
export const firstIsNext: ControlPacket = { type: PacketType.at, next: 1 };

/** The DATA that asks for the channel. */
export function openChannel(channel: number): Uint8Array {
  const open = encodeEnvelope({
    kind: EnvelopeKind.open,
    channel,
    credit: 16_384,
    path: nobodysPath,
    protocols: [],
    parameters: new Uint8Array(0),
    continues: false,
    isTopic: false,
  });
  const data = new Uint8Array(open.length + 1);
  data[0] = PacketType.data;
  data.set(open, 1);
  return data;
}

export function bodyOf(...packets: readonly (ControlPacket | Uint8Array)[]): Uint8Array {
  return joinPackets(packets.map((packet) => (packet instanceof Uint8Array ? packet : encodePacket(packet))));
}

/** What a server has said so far. */
export class Heard {
  readonly packets: Packet[] = [];
  readonly #reader = new BodyReader((packet) => {
    this.take(packet.slice());
    return true;
  });

  /** A piece of a body, cut anywhere. */
  read(piece: Uint8Array): void {
    this.#reader.read(piece);
  }

  /** What a WebSocket message brings: a packet, or several. */
  takeMessage(message: Uint8Array): void {
    for (const packet of packetsOf(message) ?? []) this.take(packet);
  }

  take(bytes: Uint8Array): void {
    const packet = decodePacket(bytes);
    if (packet !== "unknown" && !isViolation(packet)) this.packets.push(packet);
  }

  find<Type extends Packet["type"]>(type: Type): (Packet & { readonly type: Type }) | undefined {
    return this.packets.find((packet): packet is Packet & { readonly type: Type } => packet.type === type);
  }

  /** How many packets were numbered. */
  get dataCount(): number {
    return this.packets.filter(({ type }) => type === PacketType.data).length;
  }

  /** The ticket of a WELCOME or a RESUMED. */
  get ticket(): Uint8Array | undefined {
    return (this.find(PacketType.resumed) ?? this.find(PacketType.welcome))?.ticket;
  }
}

/** The addresses of a line, and how to ask there. */
export class LineSite {
  readonly #site: Site;
  readonly #base: string;
  readonly #headers: readonly HeaderLine[];
  readonly #patience: Patience;

  /** `headers`: those that whoever calls the doctor wants to be sent. */
  constructor(site: Site, base: string, headers: readonly HeaderLine[], patience: Patience) {
    this.#site = site;
    this.#base = base;
    this.#headers = headers;
    this.#patience = patience;
  }

  post(action: string, body: Uint8Array, heard: Heard, more: readonly HeaderLine[] = []): Inquiry {
    const headers = [...this.#headers, ["Content-Type", CONTENT_TYPE] as const, ...more];
    const path = `${this.#base}/${action}`;
    return this.#ask({ method: "POST", path, headers, body, receive: (piece) => heard.read(piece) });
  }

  send(ticket: Uint8Array, body: Uint8Array, heard: Heard): Inquiry {
    return this.post("send", body, heard, [[TICKET_HEADER, ticketText(ticket)]]);
  }

  /** `waitSeconds` 0: answered at once. */
  poll(ticket: Uint8Array, received: number, waitSeconds: number, heard: Heard): Inquiry {
    const headers = [
      ...this.#headers,
      [TICKET_HEADER, ticketText(ticket)] as const,
      [RECEIVED_HEADER, String(received)] as const,
      ...(waitSeconds === 0 ? [] : [["Prefer", `wait=${String(waitSeconds)}`] as const]),
    ];
    const path = `${this.#base}/poll`;
    return this.#ask({ method: "GET", path, headers, receive: (piece) => heard.read(piece) });
  }

  #ask(question: Question): Inquiry {
    const inquiry = new Inquiry(this.#site, question);
    this.#patience.hold(inquiry);
    return inquiry;
  }
}
