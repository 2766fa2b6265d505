// A registry on a clock that stands still, and what tests say to it as a client would, packet by packet.
import { Arrival, type Refusal } from "../../src/session/arrival.ts";
import type { Admission } from "../../src/session/auth-in-place.ts";
import type { Attachment } from "../../src/session/attachment.ts";
import type { TransportKind } from "../../src/session/way.ts";
import { PacketType, type ResumedPacket, type WelcomePacket } from "../../src/session/packet.ts";
import { type ControlPacket, encodePacket } from "../../src/session/packet-encoder.ts";
import type { ParkingLimits } from "../../src/session/parking.ts";
import { Registry } from "../../src/session/registry.ts";
import type { ServerSession } from "../../src/session/server-session.ts";
import { defaultSettings, type SessionSettings } from "../../src/session/settings.ts";
import { bytes } from "./byte-builder.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemoryCourier, MemoryLink } from "./memory-link.ts";
import { RecordedUser } from "./recorded-user.ts";
import { SeededRandom } from "./seeded-random.ts";

export const someone: Admission = { principal: "p", origin: "https://a.example", expiresSeconds: 0 };

/** One websocket at the server, with what came back on it. */
export interface Dialled {
  readonly link: MemoryLink;
  readonly attachment: Attachment;
  say(packet: ControlPacket): void;
  data(text: string): void;
}

export class TestServer {
  readonly clock = new FakeClock();
  readonly users: RecordedUser[] = [];
  readonly sessions: ServerSession[] = [];
  readonly auths: { readonly session: ServerSession; readonly id: number }[] = [];
  readonly registry: Registry;
  admission: Admission | Refusal = someone;
  /** Admissions that wait, when answers come later. */
  readonly waiting: (() => void)[] = [];
  isLater = false;

  constructor(settings: Partial<SessionSettings> = {}, parking: Partial<ParkingLimits> = {}) {
    this.registry = new Registry({
      clock: this.clock,
      random: new SeededRandom(1),
      settings: { ...defaultSettings, ...settings },
      offer: { credit: 1, maxMessageBytes: 2, maxChannels: 3 },
      hint: bytes(9),
      parking,
      createUser: (session) => {
        const user = new RecordedUser();
        user.session = session;
        this.users.push(user);
        this.sessions.push(session);
        return user;
      },
      authenticate: (session, id) => this.auths.push({ session, id }),
    });
  }

  get user(): RecordedUser {
    return this.users.at(-1) as RecordedUser;
  }

  get session(): ServerSession {
    return this.sessions.at(-1) as ServerSession;
  }

  dial(kind: TransportKind = "websocket"): Dialled {
    const link = new MemoryLink();
    const { attachment } = new Arrival({ kind, link }, this.registry, this.#admit);
    return {
      link,
      attachment,
      say: (packet) => attachment.receive(encodePacket(packet)),
      data: (text) => attachment.receive(bytes(0, text)),
    };
  }

  /** A way made of requests. */
  request(): { courier: MemoryCourier; attachment: Attachment } {
    const courier = new MemoryCourier();
    return { courier, attachment: new Arrival({ kind: "longpoll", courier }, this.registry, this.#admit).attachment };
  }

  readonly #admit: ConstructorParameters<typeof Arrival>[2] = (_opening, answer) => {
    const { admission } = this;
    if (this.isLater) this.waiting.push(() => answer(admission));
    else answer(admission);
  };

  /** A session over a websocket, welcomed and, unless told otherwise, confirmed. */
  open(isConfirmed = true): Dialled & { readonly ticket: Uint8Array } {
    const dialled = this.dial();
    dialled.say(hello);
    if (isConfirmed) dialled.say({ type: PacketType.ack, received: 0 });
    const welcome = dialled.link.sent.find((packet): packet is WelcomePacket => packet.type === PacketType.welcome);
    if (welcome === undefined) throw new Error("There was no WELCOME.");
    return { ...dialled, ticket: welcome.ticket };
  }

  /** Another websocket that asks for the session. */
  resume(ticket: Uint8Array, attempt: number, received = 0): Dialled & { readonly resumed: ResumedPacket | undefined } {
    const dialled = this.dial();
    dialled.say(resume(ticket, attempt, received));
    const resumed = dialled.link.sent.find((packet): packet is ResumedPacket => packet.type === PacketType.resumed);
    return { ...dialled, resumed };
  }
}

export const hello: ControlPacket = {
  type: PacketType.hello,
  version: 1,
  credit: 1,
  maxMessageBytes: 1,
  token: new Uint8Array(0),
};

export function resume(ticket: Uint8Array, attempt: number, received = 0, version = 1): ControlPacket {
  return { type: PacketType.resume, version, ticket, attempt, received, token: new Uint8Array(0) };
}
