// The server's half of a session (wire/session-v1 §3.1): which transport is current, which tickets are good, when it is forgotten.
// Finding it is the registry's, judging a RESUME resume-judge's, authenticating comes before either. Looks into no envelope.

import type { Violation } from "../base/errors.ts";
import type { EnvelopePlace, Session, SessionEnd, SessionUser } from "../base/session.ts";
import type { Attachment } from "./attachment.ts";
import type { AttachmentHost } from "./attachment-host.ts";
import { type Admission, AuthInPlace } from "./auth-in-place.ts";
import { Departure } from "./departure.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Lease } from "./lease.ts";
import { Ledger } from "./ledger.ts";
import { type Packet, PacketType } from "./packet.ts";
import { remainsOf } from "./remains.ts";
import type { Offer, SessionKeeper, SessionTerms } from "./terms.ts";
import { encodeTicket } from "./ticket.ts";
import * as violations from "./violations.ts";
import type { PacketTap } from "./way.ts";
import { welcomePacket } from "./welcome.ts";

/**
 * offered: attached, and the client was not yet seen to use its newest ticket. live: it was. parked: no transport.
 * forgotten: over.
 */
export type ServerState = "offered" | "live" | "parked" | "forgotten";

export class ServerSession implements Session, AttachmentHost<Attachment> {
  readonly name: string;
  readonly key: string;
  readonly version: number;
  readonly admission: Admission;
  readonly user: SessionUser;
  readonly #keeper: SessionKeeper<ServerSession>;
  readonly #ledger: Ledger;
  #state: ServerState = "parked";
  #generation = 0;
  #confirmed = 0;
  #attempt = 0;
  #current: Attachment | undefined;
  /** Of the current one. */
  #heartbeat: Heartbeat | undefined;
  /** A way made of requests that have stopped: the next attaches it again, or takes the BYE. Or what is left of a stream. */
  #dormant: Attachment | undefined;
  #departure: Departure | undefined;
  /** While anything ends by time. */
  #timed: Lease | undefined;
  wakeSlot: number | undefined;
  tap: PacketTap | undefined;
  #auth: AuthInPlace | undefined;

  constructor(
    terms: SessionTerms,
    admission: Admission,
    keeper: SessionKeeper<ServerSession>,
    createUser: (session: ServerSession) => SessionUser,
  ) {
    this.name = terms.name;
    this.key = terms.key;
    this.version = terms.version;
    this.admission = admission;
    this.#keeper = keeper;
    this.user = createUser(this);
    this.#ledger = new Ledger(keeper.settings, this.user);
    this.#lease.admit(admission.expiresSeconds, keeper.now());
  }

  get state(): ServerState {
    return this.#state;
  }

  /** How many transports were attached so far; the ticket of the newest is this generation's. */
  get generation(): number {
    return this.#generation;
  }

  /** The newest generation whose ticket the client has been seen to use. */
  get confirmed(): number {
    return this.#confirmed;
  }

  /** The attempt of the RESUME that was accepted last. */
  get attempt(): number {
    return this.#attempt;
  }

  /** The transport that counts, if there is one. */
  get current(): Attachment | undefined {
    return this.#current;
  }

  /** The highest number given to an envelope. */
  get sent(): number {
    return this.#ledger.outbox.last;
  }

  get received(): number {
    return this.#ledger.received;
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

  /** The ticket of the newest generation. */
  get ticket(): Uint8Array {
    return encodeTicket(this.#keeper.hint, this.name, this.key, this.#generation);
  }

  now(): number {
    return this.#keeper.now();
  }

  // --- attaching ---

  /** The answer to HELLO: the session's first transport. */
  welcome(attachment: Attachment, offer: Offer): void {
    this.#attach(attachment, 1, undefined);
    this.#lease.welcome(this.now());
    attachment.ask(welcomePacket(this, this.#keeper.settings, this.ticket, offer, this.admission.expiresSeconds));
    this.user.receiveAttached();
    this.#settle();
  }

  /** The answer to a RESUME that was judged good, in the same turn (rule 4 of wire/session-v1 §1). */
  resume(
    attachment: Attachment,
    asked: { readonly generation: number; readonly attempt: number; readonly received: number },
    expiresSeconds: number,
  ): void {
    const wasParked = this.#state === "parked";
    this.#confirmed = Math.max(this.#confirmed, asked.generation);
    this.#attempt = asked.attempt;
    // Whatever older transport there is, is over: nothing that comes on it counts.
    const older = this.#current ?? this.#dormant;
    this.#current = undefined;
    this.#dormant = undefined;
    older?.close(4409, "A newer transport took over.");
    const from = Math.max(asked.received, this.#ledger.outbox.acked) + 1;
    this.#attach(attachment, from, this.#ledger.received + 1);
    this.#lease.attach(this.#confirmed > 0);
    this.#lease.admit(expiresSeconds, this.now());
    attachment.ask({ type: PacketType.resumed, ticket: this.ticket, received: this.received, from, expiresSeconds });
    this.#departure?.tell(this.#current, this.now());
    if (wasParked) this.user.receiveAttached();
    this.#settle();
  }

  #attach(attachment: Attachment, from: number, receiveNext: number | undefined): void {
    this.#generation++;
    this.#state = "offered";
    attachment.bind(this, this.#ledger, from, receiveNext);
    this.#adopt(attachment);
  }

  #adopt(attachment: Attachment): void {
    this.#current = attachment;
    this.#heartbeat = new Heartbeat(this.#keeper.settings, attachment.isLink, this.#keeper.fraction());
    this.#keeper.unpark(this);
  }

  // --- requests of a way made of them, each with the newest ticket ---

  /** A request came with a genuine ticket of `generation`. The transport it belongs to, or undefined for an older one. */
  receiveRequest(generation: number): Attachment | undefined {
    const attachment = this.#current ?? this.#dormant;
    if (generation !== this.#generation || attachment === undefined || attachment.kind === "websocket")
      return undefined;
    if (this.#state === "forgotten") return attachment;
    attachment.receivedAt = this.now();
    if (this.#state === "parked" && attachment.kind !== "stream") {
      this.#dormant = undefined;
      attachment.isDormant = false;
      this.#state = "offered";
      this.#adopt(attachment);
      this.#confirm();
      this.#departure?.tell(this.#current, this.now());
      this.user.receiveAttached();
    } else {
      this.#confirm();
    }
    this.#settle();
    return attachment;
  }

  /** The cursor of a GET acknowledges. False for one below what is acknowledged: an old repeat. */
  receiveCursor(attachment: Attachment, received: number): boolean {
    if (attachment !== this.#current || received < this.#ledger.outbox.acked) return false;
    const isKnown = this.#acknowledge(attachment, received);
    this.#departure?.repeat(this.#current, this.now());
    this.#settle();
    return isKnown;
  }

  #confirm(): void {
    if (this.#state !== "offered" && this.#confirmed === this.#generation) return;
    this.#confirmed = this.#generation;
    if (this.#state === "parked") return this.#lease.park(true, this.now());
    this.#lease.attach(true);
    this.#state = "live";
  }

  /** Whether what comes on it counts. */
  #hears(attachment: Attachment): boolean {
    return attachment === this.#current || (attachment === this.#dormant && this.#state === "parked");
  }

  // --- inward ---

  receiveData(attachment: Attachment, number: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (!this.#hears(attachment)) return false;
    if (this.#state === "offered" && this.#generation > 1 && attachment.kind === "websocket") {
      this.fail(attachment, violations.dataUnconfirmed);
      return false;
    }
    const taken = this.#ledger.accept(number, bytes, start, end);
    if (taken === "taken") {
      const isDueOnce = attachment.oweAck(end - start);
      attachment.sendAck(false);
      if (isDueOnce) this.#keeper.schedule(this);
    } else if (taken !== "repeat") {
      this.#refuse(attachment, taken);
      return false;
    }
    return this.#hears(attachment);
  }

  receivePacket(attachment: Attachment, packet: Packet): void {
    if (!this.#hears(attachment)) return;
    if (packet.type === PacketType.ack) {
      // An absurd one confirms nothing.
      if (this.#acknowledge(attachment, packet.received)) this.#confirm();
    } else if (packet.type === PacketType.ping) {
      attachment.sendPong(packet.token);
    } else if (packet.type === PacketType.auth) {
      this.#receiveAuth(packet.id, packet.token);
    } else if (packet.type === PacketType.bye) {
      this.#end({ by: "bye", code: packet.code, reason: packet.reason });
    } else if (packet.type !== PacketType.pong) {
      this.fail(attachment, violations.packetMisplaced);
    }
    this.#settle();
  }

  #acknowledge(attachment: Attachment, received: number): boolean {
    if (this.#ledger.outbox.acknowledge(received, attachment.unsentFrom)) return true;
    this.fail(attachment, violations.ackAhead);
    return false;
  }

  /** What the user could not take: the same envelope comes again after a resume, and the second time ends the session. */
  #refuse(attachment: Attachment, violation: Violation): void {
    // A request is refused by itself, and the transport survives it.
    if (violation === violations.dataGap && attachment.kind !== "websocket") attachment.hasGap = true;
    else if (this.#ledger.faults >= 2) this.bye(4400, violation.message);
    else this.fail(attachment, violation);
  }

  fail(attachment: Attachment, violation: Violation): void {
    attachment.close(violation.closeCode, violation.message);
    this.receiveLost(attachment);
  }

  receiveLost(attachment: Attachment): void {
    if (attachment === this.#dormant) this.#dormant = undefined;
    if (attachment === this.#current) this.#park(attachment);
  }

  receiveRoom(attachment: Attachment): void {
    if (attachment === this.#current) this.#settle();
  }

  #park(lost: Attachment): void {
    this.#current = undefined;
    this.#ledger.seal();
    // A way made of requests is only its requests: the next one goes on where the last one ended.
    this.#dormant = lost.isOpen ? lost : remainsOf(lost, this, this.#ledger, this.#keeper.settings);
    if (this.#dormant !== undefined) this.#dormant.isDormant = true;
    this.#state = "parked";
    this.#heartbeat = undefined;
    this.#lease.park(this.#confirmed > 0, this.now());
    this.user.receiveDetached();
    this.#keeper.schedule(this);
    this.#keeper.park(this);
  }

  // --- authentication in place ---

  #receiveAuth(id: number, token: Uint8Array): void {
    const answer = (this.#auth ??= new AuthInPlace()).receive(id, token);
    if (answer === "ask") this.#keeper.authenticate(this, id, token.slice());
    else if (answer !== "wait") this.#current?.send(answer);
  }

  /** What `authenticate` said to AUTH `id`: its admission, or the code that refuses it. */
  completeAuth(id: number, answer: Admission | 4401 | 4403): void {
    if (this.#state === "forgotten" || this.#auth === undefined) return;
    const { packet, next } = this.#auth.complete(id, answer, this.admission.principal);
    if (packet?.status === 0) this.#lease.admit(packet.expiresSeconds, this.now());
    if (packet !== undefined) this.#current?.send(packet);
    if (next !== undefined) this.#keeper.authenticate(this, next.id, next.token);
    this.#settle();
  }

  // --- outward ---

  wake(): void {
    this.#current?.pump();
  }

  place(): EnvelopePlace | undefined {
    return this.#current?.place();
  }

  /** Asks the client to leave: the transport, or, with `endsSession`, this node. What happens at the deadline is up above. */
  goAway(endsSession: boolean, deadlineMs: number, spreadMs: number): void {
    (this.#departure ??= new Departure()).ask(endsSession, deadlineMs, spreadMs, this.now());
    this.#departure.tell(this.#current, this.now());
  }

  bye(code: number, reason: string): void {
    if (this.#state === "forgotten") return;
    this.#current?.send({ type: PacketType.bye, code, reason });
    this.#end({ by: "local", code, reason });
  }

  /** Ends a session without a transport whose place is needed. */
  expire(reason: string): void {
    this.#end({ by: "expired", code: 4410, reason });
  }

  #end(end: SessionEnd): void {
    if (this.#state === "forgotten") return;
    this.#state = "forgotten";
    this.#lease.end();
    this.#heartbeat = undefined;
    const attachment = this.#current ?? this.#dormant;
    this.#current = undefined;
    attachment?.finish(end.by === "bye" ? 1000 : 4410, "The session is over.");
    this.#ledger.outbox.clear();
    this.#dormant = attachment?.isOpen === true ? attachment : undefined;
    this.#keeper.forget(this, this.#dormant !== undefined);
    if (this.#dormant !== undefined) this.#lease.linger(this.now());
    this.#keeper.schedule(this);
    this.user.receiveEnded(end);
  }

  // --- time ---

  get #lease(): Lease {
    return (this.#timed ??= new Lease(this.#keeper.settings));
  }

  /** After anything happened: what can go out goes out, and the keeper learns when to come back. */
  #settle(): void {
    this.#current?.pump();
    if (this.#timed?.endsAt === Infinity) this.#timed = undefined;
    this.#keeper.schedule(this);
  }

  /** When `tick` is due; Infinity when nothing is waited for. */
  get wakeAt(): number {
    const { ackDueAt = Infinity, receivedAt = 0 } = this.#current ?? {};
    const beatAt = this.#heartbeat?.wakeAt(receivedAt) ?? Infinity;
    return Math.min(this.#timed?.endsAt ?? Infinity, ackDueAt, beatAt);
  }

  /** Judges what is due. Call after input that waits was received. */
  tick(): void {
    const now = this.now();
    const lapsed = this.#timed?.judge(now);
    if (this.#state === "forgotten") {
      if (lapsed === undefined) return;
      // Nobody fetched the BYE.
      this.#dormant?.close(4410, "The session is over.");
      this.#lease.end();
      this.#keeper.forget(this, false);
    } else if (lapsed === "forgotten") this.expire("Nobody resumed the session in time.");
    else if (lapsed === "admission") this.bye(4401, "The admission has lapsed.");
    const [attachment, heartbeat] = [this.#current, this.#heartbeat];
    if (attachment === undefined || heartbeat === undefined) return;
    const step = heartbeat.tick(attachment.receivedAt, now);
    if (step === "ping") attachment.ask({ type: PacketType.ping, token: heartbeat.token });
    else if (step === "silent") {
      if (attachment.isLink) attachment.close(1006, "Nothing came for too long.");
      this.#park(attachment);
    }
    if (now >= attachment.ackDueAt && attachment === this.#current) attachment.sendAck(true);
  }
}
