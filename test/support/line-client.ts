// A client of the line that says whatever a test wants, packet by packet, over a raw WebSocket. It decides nothing: no ACK, no
// credit, no resume of its own. The codec is the library's; what the bytes must be is the wire suites' business.
import {
  decodeEnvelope,
  EnvelopeKind,
  encodeEnvelope,
  sliceHeadBytes,
  writeSliceHead,
} from "../../src/channels/envelope.ts";
import { packetsOf } from "../../src/session/pack.ts";
import { type Packet, PacketType } from "../../src/session/packet.ts";
import { decodePacket, isViolation } from "../../src/session/packet-decoder.ts";
import { type ControlPacket, encodePacket } from "../../src/session/packet-encoder.ts";
import type { RawClient, RawHeaders } from "./raw-client.ts";
import type { TestServer } from "./test-server.ts";

export const none: Uint8Array = new Uint8Array(0);

export const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/** HELLO as packets have it. */
export function hello(token: string = ""): ControlPacket {
  return { type: PacketType.hello, version: 1, credit: 1_048_576, maxMessageBytes: 1_048_576, token: text(token) };
}

/** RESUME likewise. */
export function resume(ticket: Uint8Array, attempt: number, received: number, token: string = ""): ControlPacket {
  return { type: PacketType.resume, version: 1, ticket, attempt, received, token: text(token) };
}

/** DATA with an OPEN in it. */
export function openData(
  channel: number,
  path: string,
  protocols: readonly string[] = [],
  continues: boolean = false,
  parameters: Uint8Array = none,
): Uint8Array {
  const open = { channel, credit: 65_536, path, protocols, parameters, continues, isTopic: false };
  return data(encodeEnvelope({ kind: EnvelopeKind.open, ...open }));
}

/** DATA with a whole text message in it. */
export function textData(channel: number, words: string): Uint8Array {
  const envelope = Buffer.concat([new Uint8Array(sliceHeadBytes(channel)), text(words)]);
  writeSliceHead(envelope, 0, channel, true, true);
  return data(envelope);
}

/** DATA with a CLOSE in it. */
export function closeData(channel: number, code: number, reason: string = ""): Uint8Array {
  return data(encodeEnvelope({ kind: EnvelopeKind.close, channel, code, reason, continuation: undefined }));
}

/** DATA with a CLOSE in it that means: this channel goes on elsewhere. */
export function moveData(channel: number): Uint8Array {
  return data(encodeEnvelope({ kind: EnvelopeKind.close, channel, code: 0, reason: "", continuation: none }));
}

export function data(envelope: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(PacketType.data), envelope]);
}

/** A packet in words: "welcome", "data accept 1", "data 1 hi", "gone 3". */
export function describePacket(packet: Packet): string {
  if (packet.type === PacketType.data) return `data ${describeEnvelope(packet.envelope)}`;
  if (packet.type === PacketType.ack) return `ack ${packet.received}`;
  if (packet.type === PacketType.gone) return `gone ${packet.reason}`;
  if (packet.type === PacketType.bye) return `bye ${packet.code}`;
  if (packet.type === PacketType.authed) return `authed ${packet.id} ${packet.status}`;
  if (packet.type === PacketType.goAway) return `goAway ${packet.flags}`;
  return Object.entries(PacketType).find(([, type]) => type === packet.type)?.[0] ?? "?";
}

function describeEnvelope(bytes: Uint8Array): string {
  const envelope = decodeEnvelope(bytes);
  if (envelope === "unknown" || envelope.kind === "malformed") return "broken";
  switch (envelope.kind) {
    case EnvelopeKind.slice:
      return `${envelope.channel} ${new TextDecoder().decode(envelope.bytes)}`;
    case EnvelopeKind.accept:
      return `accept ${envelope.channel}${envelope.protocol === "" ? "" : ` ${envelope.protocol}`}${envelope.isMovable ? " movable" : ""}`;
    case EnvelopeKind.reject:
      return `reject ${envelope.channel} ${envelope.status}`;
    case EnvelopeKind.close:
      return `close ${envelope.channel} ${envelope.continuation === undefined ? envelope.code : "moved"}`;
    case EnvelopeKind.reset:
      return `reset ${envelope.channel} ${envelope.code}`;
    case EnvelopeKind.credit:
      return `credit ${envelope.channel}`;
    case EnvelopeKind.handled:
      return `handled ${envelope.channel} ${envelope.number}`;
    case EnvelopeKind.open:
      return `open ${envelope.channel}`;
  }
}

/** One packet of the server, which must be a good one. */
export function readPacket(bytes: Uint8Array): Packet {
  const packet = decodePacket(bytes);
  if (packet === "unknown" || isViolation(packet)) throw new Error(`No packet: ${Buffer.from(bytes).toString("hex")}`);
  return packet;
}

/** The packets of one WebSocket message of the server. */
function readPackets(message: Uint8Array): Packet[] {
  const packets = packetsOf(message);
  if (packets === undefined) throw new Error(`No pack: ${Buffer.from(message).toString("hex")}`);
  return packets.map(readPacket);
}

/** A WebSocket that was answered with `longwire.1`. */
export class LineClient {
  readonly raw: RawClient;
  /** Came together with one that was asked for. */
  readonly #waiting: Packet[] = [];

  constructor(raw: RawClient) {
    this.raw = raw;
  }

  /** Sends packets, each a message of its own, in one write. */
  send(...packets: (ControlPacket | Uint8Array)[]): void {
    for (const packet of packets) {
      this.raw.writeFrame({ opcode: 2, payload: packet instanceof Uint8Array ? packet : encodePacket(packet) });
    }
  }

  /** The next packet. */
  async next(): Promise<Packet> {
    const packet = this.#waiting.shift();
    if (packet !== undefined) return packet;
    const frame = await this.raw.nextFrame();
    if (frame.opcode !== 2) throw new Error(`Expected a packet, got opcode ${frame.opcode}, ${frame.closeCode}.`);
    this.#waiting.push(...readPackets(frame.payload));
    return this.next();
  }

  /** The next packet, which must be of this type. */
  async expect<Type extends Packet["type"]>(type: Type): Promise<Extract<Packet, { type: Type }>> {
    const packet = await this.next();
    if (packet.type !== type) throw new Error(`Expected packet type ${type}, got ${describePacket(packet)}.`);
    return packet as Extract<Packet, { type: Type }>;
  }

  /** The next packets in words. */
  async told(count: number): Promise<string[]> {
    const words: string[] = [];
    while (words.length < count) words.push(describePacket(await this.next()));
    return words;
  }

  /** Everything until the server closes the WebSocket, in words; last the close code. */
  async toldUntilClosed(): Promise<string[]> {
    const words = this.#waiting.splice(0).map(describePacket);
    for (;;) {
      const { opcode, payload, closeCode } = await this.raw.nextFrame();
      words.push(...(opcode === 2 ? readPackets(payload).map(describePacket) : [`closed ${closeCode}`]));
      if (opcode !== 8) continue;
      this.raw.end();
      return words;
    }
  }
}

/** Upgrades to the line and reads GREET. */
export async function dialLine<User>(
  server: TestServer<User>,
  headers: RawHeaders = {},
  path: string = "/longwire",
): Promise<LineClient> {
  const raw = await server.open(path, { "Sec-WebSocket-Protocol": "longwire.1", ...headers });
  const client = new LineClient(raw);
  await client.expect(PacketType.greet);
  return client;
}
