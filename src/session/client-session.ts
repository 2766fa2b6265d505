// The client's half of a session (wire/session-v1 §3.2): the newest ticket, the transport that counts, and at most one that
// was asked and has not answered. Which transport is asked, and when, is chosen above; dialling is not known here. What comes
// on any other transport than the current one does not count.

import type { Violation } from "../base/errors.ts";
import type { EnvelopePlace, Session, SessionEnd } from "../base/session.ts";
import { Alarm } from "./alarm.ts";
import { Attachment } from "./attachment.ts";
import type { AttachmentHost } from "./attachment-host.ts";
import type { ClientOptions, Terms } from "./client-owner.ts";
import { ClientWatch } from "./client-watch.ts";
import { Ledger } from "./ledger.ts";
import { type AuthedPacket, type Packet, type ResumedPacket, type WelcomePacket, WIRE_VERSION } from "./packet.ts";
import * as GoneReason from "./gone-reason.ts";
import * as PacketType from "./packet-type.ts";
import * as violations from "./violations.ts";
import type { Way } from "./way.ts";

/**
 * new: no session yet. asking: HELLO is unanswered. live: attached. moving: attached, and a RESUME on a better transport is
 * unanswered. cut: no transport. resuming: none, and a RESUME is unanswered. ended: over.
 */
export type ClientState = "new" | "asking" | "live" | "moving" | "cut" | "resuming" | "ended";

export class ClientSession implements Session, AttachmentHost<Attachment> {
  readonly #options: ClientOptions;
  readonly #ledger: Ledger;
  readonly #alarm: Alarm;
  readonly #watch: ClientWatch;
  #state: ClientState = "new";
  #ticket: Uint8Array = new Uint8Array(0);
  #attempt = 0;
  #current: Attachment | undefined;
  #asked: Attachment | undefined;
  #terms: Terms | undefined;
  #expiresAt = Infinity;
  #auth: { readonly id: number; readonly token: Uint8Array; isAnswered: boolean } | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#ledger = new Ledger(options.settings, options.user);
    this.#ledger.openOnly = true;
    this.#alarm = new Alarm(options.clock, () => this.#tick());
    this.#watch = new ClientWatch(options.settings);
  }

  get state(): ClientState {
    return this.#state;
  }

  /** What requests of a way made of them carry, besides `received`. Secret: never in a URL, never stored, never logged. */
  get ticket(): Uint8Array {
    return this.#ticket;
  }

  /** The cursor of the next GET. */
  get received(): number {
    return this.#ledger.received;
  }

  /** What WELCOME said, once it has come. */
  get terms(): Terms | undefined {
    return this.#terms;
  }

  /** When the admission lapses, in the clock's milliseconds; Infinity for never. */
  get expiresAt(): number {
    return this.#expiresAt;
  }

  /** The highest number given to an envelope. */
  get sent(): number {
    return this.#ledger.outbox.last;
  }

  get retainedBytes(): number {
    return this.#ledger.outbox.cost;
  }

  /** The way to the peer and back; 0: unknown. */
  get roundTripMs(): number {
    return this.#current?.roundTripMs ?? 0;
  }

  /** How many envelopes wait for their acknowledgement. */
  get unacknowledgedCount(): number {
    return this.#ledger.outbox.last - this.#ledger.outbox.acked;
  }

  /** Whether a BYE would come behind everything that was sent. */
  get mayLeave(): boolean {
    const unsentFrom = this.#current?.isLink === true ? this.#current.unsentFrom : 0;
    return this.unacknowledgedCount === 0 || unsentFrom > this.sent;
  }

  now(): number {
    return this.#options.clock.now();
  }

  // --- asking ---

  /** Sends HELLO or RESUME on a transport that is ready. One that was asked before and has not answered is abandoned. */
  ask(way: Way, token: Uint8Array): Attachment {
    this.abandon();
    const attachment = new Attachment(way, this.#options.settings, this);
    if (this.#state === "ended") {
      attachment.close(1000, "The session has ended.");
      return attachment;
    }
    this.#asked = attachment;
    this.#attempt++;
    if (this.#state === "new") {
      this.#state = "asking";
      const { credit, maxMessageBytes } = this.#options;
      attachment.ask({ type: PacketType.hello, version: WIRE_VERSION, credit, maxMessageBytes, token });
      // Channels may be opened before WELCOME: an orphan that a lost WELCOME leaves behind delivers no message.
      attachment.bind(this, this.#ledger, 1);
      attachment.pump();
    } else {
      this.#state = this.#state === "live" ? "moving" : "resuming";
      attachment.ask({
        type: PacketType.resume,
        version: WIRE_VERSION,
        ticket: this.#ticket,
        attempt: this.#attempt,
        received: this.#ledger.received,
        token,
      });
    }
    return attachment;
  }

  /** Gives the asked transport up: it is too slow. Whatever it still brings does not count. */
  abandon(): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    this.#unask();
    asked.close(1000, "Another transport is asked.");
  }

  #unask(): void {
    this.#asked = undefined;
    if (this.#state === "asking") this.#state = "new";
    else if (this.#state === "moving") this.#state = "live";
    else if (this.#state === "resuming") this.#state = "cut";
  }

  // --- answers ---

  #receiveWelcome(attachment: Attachment, packet: WelcomePacket): void {
    if (this.#state !== "asking") {
      this.fail(attachment, violations.packetMisplaced);
      return;
    }
    this.#ticket = packet.ticket.slice();
    this.#terms = packet;
    this.#ledger.openOnly = false;
    this.#watch.heartbeatMs = packet.heartbeatSeconds * 1000;
    this.#expire(packet.expiresSeconds);
    this.#adopt(attachment, true);
  }

  #receiveResumed(attachment: Attachment, packet: ResumedPacket): void {
    const isResume = this.#state === "resuming" || this.#state === "moving";
    if (!isResume) {
      this.fail(attachment, violations.packetMisplaced);
      return;
    }
    const { outbox } = this.#ledger;
    const knowsMore = packet.received > outbox.last || packet.from > this.#ledger.received + 1;
    if (knowsMore || packet.received < outbox.acked || packet.from === 0) {
      // Another holder of the ticket went on. Leaving without an ACK keeps its ticket good.
      this.#end({ by: "gone", code: 4409, reason: "This is a stale copy of the session." });
      return;
    }
    const older = this.#current;
    const wasCut = older === undefined;
    this.#ticket = packet.ticket.slice();
    this.#expire(packet.expiresSeconds);
    attachment.bind(this, this.#ledger, packet.received + 1, packet.from);
    outbox.acknowledge(packet.received, attachment.unsentFrom);
    this.#adopt(attachment, wasCut);
    older?.close(1000, "Moved to another transport.");
  }

  #adopt(attachment: Attachment, isAttaching: boolean): void {
    this.#asked = undefined;
    this.#current = attachment;
    this.#state = "live";
    this.#watch.start(attachment.isLink || attachment.kind === "stream");
    // It confirms the ticket. A way made of requests does that by showing it.
    attachment.sendAck(hasAcks(attachment));
    // How long is the way? HELLO and RESUME do not tell: before their answers somebody is authenticated, which takes any time.
    if (attachment.isLink) attachment.ask({ type: PacketType.ping, token: 0 });
    if (this.#auth?.isAnswered === false) {
      attachment.send({ type: PacketType.auth, id: this.#auth.id, token: this.#auth.token });
    }
    if (isAttaching) this.#options.user.receiveAttached();
    this.#options.owner.receiveAttached(attachment);
    this.#settle();
  }

  #receiveGone(reason: number): void {
    const code = reason === GoneReason.replaced ? 4409 : reason === GoneReason.forbidden ? 4403 : 4410;
    this.#end({ by: "gone", code, reason: `The server no longer has the session (${String(reason)}).` });
  }

  // --- inward ---

  receiveData(attachment: Attachment, number: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (attachment !== this.#current) {
      if (attachment === this.#asked) this.fail(attachment, violations.packetMisplaced);
      return false;
    }
    const taken = this.#ledger.accept(number, bytes, start, end);
    if (taken === "taken") {
      const isDueOnce = hasAcks(attachment) && attachment.oweAck(end - start);
      attachment.sendAck(false);
      if (isDueOnce) this.#settle();
    } else if (taken !== "repeat") {
      if (this.#ledger.faults >= 2) this.bye(4400, taken.message);
      else this.fail(attachment, taken);
      return false;
    }
    return attachment === this.#current;
  }

  receivePacket(attachment: Attachment, packet: Packet): void {
    if (attachment === this.#asked) this.#receiveAnswer(attachment, packet);
    else if (attachment === this.#current) this.#receiveCurrent(attachment, packet);
  }

  #receiveAnswer(attachment: Attachment, packet: Packet): void {
    if (packet.type === PacketType.welcome) this.#receiveWelcome(attachment, packet);
    else if (packet.type === PacketType.resumed) this.#receiveResumed(attachment, packet);
    else if (packet.type === PacketType.gone) this.#receiveGone(packet.reason);
    else if (packet.type === PacketType.ping) attachment.sendPong(packet.token);
    else if (packet.type !== PacketType.pong && packet.type !== PacketType.greet) {
      this.fail(attachment, violations.packetMisplaced);
    }
  }

  #receiveCurrent(attachment: Attachment, packet: Packet): void {
    if (packet.type === PacketType.ack) {
      const isKnown = this.#ledger.outbox.acknowledge(packet.received, attachment.unsentFrom);
      if (!isKnown) this.fail(attachment, violations.ackAhead);
    } else if (packet.type === PacketType.ping) {
      attachment.sendPong(packet.token);
    } else if (packet.type === PacketType.authed) {
      this.#receiveAuthed(packet);
    } else if (packet.type === PacketType.goAway) {
      this.#options.owner.receiveGoAway(packet);
    } else if (packet.type === PacketType.bye) {
      this.#end({ by: "bye", code: packet.code, reason: packet.reason });
    } else if (packet.type !== PacketType.pong) {
      this.fail(attachment, violations.packetMisplaced);
    }
    this.#settle();
  }

  #receiveAuthed(packet: AuthedPacket): void {
    if (this.#auth?.id !== packet.id || this.#auth.isAnswered) return;
    this.#auth.isAnswered = true;
    if (packet.status === 0) this.#expire(packet.expiresSeconds);
    this.#options.owner.receiveAuthed(packet);
  }

  #expire(seconds: number): void {
    this.#expiresAt = seconds === 0 ? Infinity : this.now() + seconds * 1000;
  }

  fail(attachment: Attachment, violation: Violation): void {
    attachment.close(violation.closeCode, violation.message);
    this.receiveLost(attachment, violation.closeCode, violation.message);
  }

  /** Whatever the code: only GONE and BYE are verdicts (rule 5 of wire/session-v1 §1). */
  receiveLost(attachment: Attachment, code: number, reason: string): void {
    if (attachment === this.#asked) {
      this.#unask();
      this.#options.owner.receiveUnanswered(code, reason);
    } else if (attachment === this.#current) {
      this.#current = undefined;
      this.#ledger.seal();
      this.#watch.stop();
      this.#state = this.#asked === undefined ? "cut" : "resuming";
      this.#options.user.receiveDetached();
      this.#options.owner.receiveCut(code, reason);
    }
  }

  receiveRoom(attachment: Attachment): void {
    if (attachment === this.#current) this.#settle();
    else if (attachment === this.#asked) attachment.pump();
  }

  // --- outward ---

  wake(): void {
    const attachment = this.#current ?? (this.#state === "asking" ? this.#asked : undefined);
    attachment?.pump();
  }

  place(): EnvelopePlace | undefined {
    return this.#current?.place();
  }

  /** Shows the server a newer token; answered once, over however many transports. */
  authenticate(token: Uint8Array): number {
    const id = (this.#auth?.id ?? 0) + 1;
    this.#auth = { id, token, isAnswered: false };
    this.#current?.send({ type: PacketType.auth, id, token });
    return id;
  }

  /** Asks the current transport for a sign of life: without one in `probeMs` it counts as cut. */
  probe(): void {
    if (this.#current === undefined) return;
    this.#current.ask({ type: PacketType.ping, token: this.#watch.probe(this.now()) });
    this.#settle();
  }

  bye(code: number, reason: string): void {
    if (this.#state === "ended") return;
    const isWhole = this.#current?.sendLast({ type: PacketType.bye, code, reason }, 1000, "The session has ended.");
    this.#end({ by: "local", code, reason, isWhole: isWhole === true });
  }

  #end(end: SessionEnd): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    const [current, asked] = [this.#current, this.#asked];
    this.#current = undefined;
    this.#asked = undefined;
    this.#alarm.cancel();
    current?.finish(1000, "The session has ended.");
    asked?.close(1000, "The session has ended.");
    this.#ledger.outbox.clear();
    this.#options.user.receiveEnded(end);
  }

  // --- time ---

  #settle(): void {
    const attachment = this.#current;
    if (attachment === undefined) return;
    attachment.pump();
    this.#alarm.set(Math.min(attachment.ackDueAt, this.#watch.wakeAt(attachment.receivedAt)));
  }

  #tick(): void {
    const attachment = this.#current;
    if (attachment === undefined) return;
    const now = this.now();
    if (now >= this.#watch.wakeAt(attachment.receivedAt)) {
      attachment.close(1006, "Nothing came for too long.");
      this.receiveLost(attachment, 1006, "Nothing came for too long.");
      return;
    }
    if (now >= attachment.ackDueAt) attachment.sendAck(true);
    this.#settle();
  }
}

/** Whether ACK packets acknowledge: on the other two the cursor of a GET does. */
function hasAcks(attachment: Attachment): boolean {
  return attachment.kind === "websocket" || attachment.kind === "stream";
}
