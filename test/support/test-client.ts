// A client's session on a clock that stands still, and what tests say to it as a server would, packet by packet.
import type { Attachment } from "../../src/session/attachment.ts";
import type { TransportKind } from "../../src/session/way.ts";
import type { ClientOwner } from "../../src/session/client-owner.ts";
import { ClientSession } from "../../src/session/client-session.ts";
import { type GoAwayPacket, type Packet, PacketType } from "../../src/session/packet.ts";
import { type ControlPacket, encodePacket } from "../../src/session/packet-encoder.ts";
import { defaultSettings, type SessionSettings } from "../../src/session/settings.ts";
import { bytes, utf8 } from "./byte-builder.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemoryCourier, MemoryLink, packetOf } from "./memory-link.ts";
import { RecordedUser } from "./recorded-user.ts";

/** A transport that was asked, with what went out on it. */
export interface Asked {
  readonly link: MemoryLink;
  readonly attachment: Attachment;
  /** The server says something. */
  say(packet: ControlPacket): void;
  data(text: string): void;
  /** It ends by itself. */
  lose(code?: number): void;
}

export const noToken: Uint8Array = new Uint8Array(0);
const room = { maxBytes: 256 * 1024, maxPackets: 100 };

export class TestClient implements ClientOwner {
  readonly clock = new FakeClock();
  readonly user = new RecordedUser();
  readonly session: ClientSession;
  /** What the owner heard. */
  readonly heard: string[] = [];
  readonly goAways: GoAwayPacket[] = [];

  constructor(settings: Partial<SessionSettings> = {}) {
    this.session = new ClientSession({
      clock: this.clock,
      settings: { ...defaultSettings, ...settings },
      user: this.user,
      owner: this,
      credit: 5,
      maxMessageBytes: 6,
    });
    this.user.session = this.session;
  }

  receiveAttached(): void {
    this.heard.push("attached");
  }

  receiveCut(code: number): void {
    this.heard.push(`cut ${String(code)}`);
  }

  receiveUnanswered(code: number): void {
    this.heard.push(`unanswered ${String(code)}`);
  }

  receiveGoAway(packet: GoAwayPacket): void {
    this.goAways.push(packet);
  }

  receiveAuthed(packet: { readonly id: number; readonly status: number }): void {
    this.heard.push(`authed ${String(packet.id)} ${String(packet.status)}`);
  }

  /** A transport is ready: HELLO or RESUME goes out on it. */
  ask(kind: TransportKind = "websocket"): Asked {
    const link = new MemoryLink();
    const attachment = this.session.ask({ kind, link }, noToken);
    return {
      link,
      attachment,
      say: (packet) => attachment.receive(encodePacket(packet)),
      data: (text) => attachment.receive(bytes(0, utf8(text))),
      lose: (code = 1006) => attachment.receiveClosed(code, ""),
    };
  }

  /** A session that is live on a websocket. */
  live(): Asked {
    const asked = this.ask();
    asked.say(welcome(bytes("t1")));
    return asked;
  }

  /** One that was live, and is cut. */
  cut(): void {
    this.live().lose();
  }

  /** A live session on a way made of requests. */
  liveRequests(kind: TransportKind): { readonly courier: MemoryCourier; readonly attachment: Attachment } {
    const courier = new MemoryCourier();
    const attachment = this.session.ask({ kind, courier }, noToken);
    attachment.take(room);
    attachment.openBody().receive(encodePacket(welcome(bytes("t1"))));
    return { courier, attachment };
  }
}

/** The packets of the next body. */
export function taken(attachment: Attachment): Packet[] {
  return attachment.take(room).map(packetOf);
}

export function welcome(ticket: Uint8Array, expiresSeconds = 0): ControlPacket {
  return {
    type: PacketType.welcome,
    version: 1,
    name: new Uint8Array(16),
    ticket,
    credit: 1,
    maxMessageBytes: 2,
    maxChannels: 3,
    retainBytes: 4,
    windowSeconds: 120,
    heartbeatSeconds: 20,
    expiresSeconds,
  };
}

export function resumed(ticket: string, received: number, from: number): ControlPacket {
  return { type: PacketType.resumed, ticket: bytes(ticket), received, from, expiresSeconds: 0 };
}

export function gone(reason: number): ControlPacket {
  return { type: PacketType.gone, reason, retryAfterMs: 0 };
}
