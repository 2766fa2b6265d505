// A transport at the server before it belongs to a session (wire/session-v1 §3.1, §4.1, §6): greeted, probed perhaps, and then
// asked for by one HELLO or RESUME, which waits for admission. Bounded in time, packets and bytes. Admission is the server's.

import type { Violation } from "../base/errors.ts";
import { Attachment } from "./attachment.ts";
import type { AttachmentHost } from "./attachment-host.ts";
import {
  type GreetPacket,
  type HelloPacket,
  type Packet,
  PacketType,
  type ResumePacket,
  WIRE_VERSION,
} from "./packet.ts";
import type { Registry } from "./registry.ts";
import type { Admission } from "./auth-in-place.ts";
import * as violations from "./violations.ts";
import type { Way } from "./way.ts";
import type { Sleeper } from "./wheel.ts";

/** Why somebody is not admitted: a code of wire/session-v1 §4.5, such as 4401, 4403 or 1013. */
export interface Refusal {
  readonly closeCode: number;
  readonly reason: string;
}

/** Decides about a HELLO or RESUME, once: origin, limits, `authenticate`. Answers now or later. */
export type Admit = (opening: HelloPacket | ResumePacket, answer: (answer: Admission | Refusal) => void) => void;

export class Arrival implements AttachmentHost<Attachment>, Sleeper {
  /** What the transport delivers to, now and for the rest of its life. */
  readonly attachment: Attachment;
  readonly #registry: Registry;
  readonly #admit: Admit;
  /** hello, resume: it has said so, and admission decides. */
  #state: "greeted" | "hello" | "resume" | "over" = "greeted";
  #packetCount = 0;
  /** What came behind HELLO while it was judged. */
  readonly #early: { readonly number: number; readonly envelope: Uint8Array }[] = [];
  #earlyBytes = 0;
  readonly #openingUntil: number;
  wakeSlot: number | undefined;

  /** On a websocket GREET is sent at once, unless it was: it belongs into the same write as the 101. */
  constructor(way: Way, registry: Registry, admit: Admit, isGreeted = false) {
    this.#registry = registry;
    this.#admit = admit;
    this.#openingUntil = registry.now() + registry.settings.openingMs;
    this.attachment = new Attachment(way, registry.settings, this);
    registry.schedule(this);
    if (way.kind === "websocket" && !isGreeted) this.#greet();
  }

  get wakeAt(): number {
    return this.#state === "greeted" ? this.#openingUntil : Infinity;
  }

  now(): number {
    return this.#registry.now();
  }

  receivePacket(attachment: Attachment, packet: Packet): void {
    if (this.#isTooMany()) {
      this.fail(attachment, violations.packetMisplaced);
    } else if (packet.type === PacketType.ping) {
      attachment.sendPong(packet.token);
    } else if ((packet.type === PacketType.hello || packet.type === PacketType.resume) && this.#state === "greeted") {
      this.#receiveOpening(packet);
    } else {
      this.fail(attachment, violations.packetMisplaced);
    }
  }

  receiveUnknown(attachment: Attachment): void {
    if (this.#isTooMany()) this.fail(attachment, violations.packetMisplaced);
  }

  /** Whether one more came than may come before HELLO. */
  #isTooMany(): boolean {
    return this.#state === "greeted" && ++this.#packetCount > this.#registry.settings.openingPackets;
  }

  receiveData(attachment: Attachment, number: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.#earlyBytes += end - start;
    const isTooMuch = this.#earlyBytes > this.#registry.settings.openingBytes;
    if (this.#state !== "hello" || isTooMuch || this.#early.length >= MAX_EARLY_PACKETS) {
      this.fail(attachment, violations.packetMisplaced);
      return false;
    }
    this.#early.push({ number, envelope: bytes.slice(start, end) });
    return true;
  }

  #greet(): void {
    this.attachment.send(greet);
  }

  #receiveOpening(opening: HelloPacket | ResumePacket): void {
    if (opening.version !== WIRE_VERSION && opening.type === PacketType.hello) {
      this.#greet();
      this.#leave();
      this.attachment.finish(4400, violations.versionUnknown.message);
      return;
    }
    this.#state = opening.type === PacketType.hello ? "hello" : "resume";
    this.#registry.release(this);
    // Its views end with this call; the answer may come later.
    const kept = { ...opening, token: opening.token.slice() };
    const asked = kept.type === PacketType.resume ? { ...kept, ticket: kept.ticket.slice() } : kept;
    this.#admit(asked, (answer) => this.#complete(asked, answer));
  }

  #complete(opening: HelloPacket | ResumePacket, answer: Admission | Refusal): void {
    if (this.#state === "over") return;
    this.#leave();
    if ("closeCode" in answer) {
      this.attachment.close(answer.closeCode, answer.reason);
    } else if (opening.type === PacketType.hello) {
      const session = this.#registry.hello(opening, answer, this.attachment);
      for (const { number, envelope } of this.#early)
        session.receiveData(this.attachment, number, envelope, 0, envelope.length);
      this.attachment.settle();
    } else {
      this.#registry.resume(opening, answer, this.attachment);
    }
  }

  fail(attachment: Attachment, violation: Violation): void {
    this.#leave();
    attachment.close(violation.closeCode, violation.message);
  }

  receiveLost(): void {
    this.#leave();
  }

  receiveRoom(): void {}

  #leave(): void {
    this.#state = "over";
    this.#registry.release(this);
  }

  tick(): void {
    this.fail(this.attachment, violations.openingLate);
  }
}

/** The server's first word. */
export const greet: GreetPacket = { type: PacketType.greet, lowest: WIRE_VERSION, highest: WIRE_VERSION };

const MAX_EARLY_PACKETS = 64;
