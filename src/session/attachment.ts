// One transport's own view of a session (wire/session-v1 §2, "Implicit numbers"): its `next` in each direction, what waits to
// go out on it, and when its ACK is due. Handed to the transport as receiver; whoever the transport belongs to at the moment
// is its host. Does not judge whether it is the current one: its host does, by identity.

import type { BodyReceiver, BodyRoom, Courier, CourierReceiver, Link, LinkReceiver } from "../base/link.ts";
import { ENVELOPE_ROOM, type EnvelopePlace, MAX_PACKET_BYTES } from "../base/session.ts";
import { Acknowledger } from "./acknowledger.ts";
import type { AttachmentHost } from "./attachment-host.ts";
import { addData } from "./batch.ts";
import { Body, LARGEST_IN_BODY } from "./body.ts";
import type { Ledger, PacketSender } from "./ledger.ts";
import { Mail } from "./mail.ts";
import { packetsOf, readPack } from "./pack.ts";
import * as PacketType from "./packet-type.ts";
import { decodePacket, isViolation } from "./packet-decoder.ts";
import { type ControlPacket, encodePacket } from "./packet-encoder.ts";
import { isAnswer, type Question, questionOf } from "./question.ts";
import type { SessionSettings } from "./settings.ts";
import * as violations from "./violations.ts";
import type { TransportKind, Way } from "./way.ts";

export class Attachment implements LinkReceiver, CourierReceiver, PacketSender {
  readonly kind: TransportKind;
  readonly #link: Link | undefined;
  readonly #courier: Courier | undefined;
  readonly #settings: SessionSettings;
  #host: AttachmentHost<Attachment>;
  #ledger: Ledger | undefined;
  /** What is owed to the peer, while anything is. */
  #acks: Acknowledger | undefined;
  #isOpen = true;
  #isPumping = false;
  /** What is brought about meanwhile goes out behind the last of it. */
  #isReading = false;
  #isPumpDue = false;
  /** The number that the next DATA pushed has on this transport. */
  #sendNext = 1;
  /** And that the next one has that comes outside a body. */
  #receiveNext = 1;
  /** What goes into bodies beside DATA. A link has none. */
  #mail: Mail | undefined;
  #pendingPong: number | undefined;
  #body: Body | undefined;
  /** When something came last. */
  receivedAt: number;
  /** What was asked last and is unanswered. */
  #question: Question | undefined;
  #roundTripMs: number | undefined;
  /** Nothing is given out: its session is parked, and what has no number yet is to get none. */
  isDormant = false;
  /** A number is missing before what the newest body held: nothing of it counted from there. */
  hasGap = false;

  constructor(way: Way, settings: SessionSettings, host: AttachmentHost<Attachment>) {
    this.kind = way.kind;
    this.#link = "link" in way ? way.link : undefined;
    this.#courier = "courier" in way ? way.courier : undefined;
    this.#settings = settings;
    this.#host = host;
    this.receivedAt = host.now();
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The shortest that a question waited for its answer; 0 while none did, and on a way made of requests. */
  get roundTripMs(): number {
    return this.#roundTripMs ?? 0;
  }

  /** Sends a packet that the peer answers at once. */
  ask(packet: ControlPacket): void {
    this.#question = questionOf(packet, this.#host.now());
    this.sendFirst(packet);
  }

  #receiveAnswer({ at }: Question): void {
    this.#question = undefined;
    // Never a mean: what waits in our own windows would count as the way, and make them larger still.
    if (this.isLink) this.#roundTripMs = Math.min(Math.max(0, this.receivedAt - at), this.#roundTripMs ?? Infinity);
  }

  /** Whether packets are pushed, so that silence on it means something. */
  get isLink(): boolean {
    return this.#link !== undefined;
  }

  /** The number after the last one that was pushed; Infinity where bodies are taken, which begin with the oldest. */
  get unsentFrom(): number {
    return this.#link === undefined ? Infinity : this.#sendNext;
  }

  /** From now on it carries `ledger`, and belongs to `host`. `receiveNext`: unless what came so far was counted already. */
  bind(host: AttachmentHost<Attachment>, ledger: Ledger, sendNext: number, receiveNext?: number): void {
    this.#host = host;
    this.#ledger = ledger;
    // Silence while it was judged says nothing about it.
    this.receivedAt = host.now();
    this.#sendNext = sendNext;
    if (receiveNext !== undefined) this.#receiveNext = receiveNext;
    ledger.seal();
    ledger.outbox.release(this.unsentFrom);
  }

  // --- outward ---

  /** Sends a packet that is not numbered; on a way made of requests, with the next body. */
  send(packet: ControlPacket): void {
    this.sendFirst(packet);
    this.#courier?.wake();
  }

  /** The same for a packet on which more will follow in this turn: a courier is not told yet. */
  sendFirst(packet: ControlPacket): void {
    if (!this.#isOpen) return;
    if (packet.type === PacketType.ack) this.#acks = undefined;
    const bytes = encodePacket(packet);
    if (this.#link === undefined) {
      (this.#mail ??= new Mail()).keep(packet.type, bytes);
      return;
    }
    this.#host.tap?.receiveSent(this.kind, bytes);
    this.#link.send(bytes);
  }

  /** Answers a PING. Of those that come together, or while the link is full, only the latest is answered. */
  sendPong(token: number): void {
    const isFull = this.#link !== undefined && this.#link.pendingBytes >= this.#settings.roomBytes;
    if (isFull || this.#isReading) this.#pendingPong = token;
    else this.send({ type: PacketType.pong, token });
  }

  /** There may be room for the answer that waits. */
  #answerPing(): void {
    const token = this.#pendingPong;
    this.#pendingPong = undefined;
    if (token !== undefined) this.sendPong(token);
  }

  /** A packet of so many bytes was taken over. True: an ACK has become due at a time. */
  oweAck(bytes: number): boolean {
    return this.#owed().add(bytes, this.receivedAt);
  }

  #owed(): Acknowledger {
    const { requestAck, linkAck } = this.#settings;
    return (this.#acks ??= new Acknowledger(this.#link === undefined ? requestAck : linkAck));
  }

  /** When an ACK goes out by itself; Infinity when none is owed. */
  get ackDueAt(): number {
    return this.#acks?.dueAt ?? Infinity;
  }

  /** Acknowledges what the ledger has received, if that is due, or in any case. */
  sendAck(isForced: boolean): void {
    if (isForced) this.#owed().force();
    if (this.#ledger === undefined || this.#acks?.isDue !== true) return;
    // On a way made of requests the ACK is written when the body is taken, so that it says the latest.
    if (this.#link === undefined) this.#courier?.wake();
    else this.send({ type: PacketType.ack, received: this.#ledger.received });
  }

  /** Where the user may write what is to go next, if it can go at once. */
  place(): EnvelopePlace | undefined {
    const ledger = this.#ledger;
    if (ledger === undefined || this.kind !== "websocket" || !this.#isOpen || this.#isPumping) return undefined;
    const hasRoom = ledger.isWriting || (this.#link?.pendingBytes ?? 0) < this.#settings.roomBytes;
    return hasRoom ? ledger.place() : undefined;
  }

  /** Fills the link: first what it has yet to replay, then what the user has. A courier is told that it may take. */
  pump(): void {
    const ledger = this.#ledger;
    this.#isPumpDue = this.#isReading;
    if (ledger === undefined || !this.#isOpen || this.#isPumping || this.#isReading) return;
    if (this.#link === undefined) return this.#courier?.wake();
    this.#isPumping = true;
    try {
      this.#fill(this.#link, ledger);
    } finally {
      this.#isPumping = false;
    }
  }

  #fill(link: Link, ledger: Ledger): void {
    const isPacking = this.kind === "websocket";
    for (let isMore = true; this.#isOpen && isMore;) {
      const room = this.#settings.roomBytes - link.pendingBytes;
      if (room <= 0) return ledger.seal();
      const message = ledger.outbox.message(this.#sendNext, !isPacking);
      if (message !== undefined) this.#push(message.bytes, 0, message.bytes.length, message.end);
      else isMore = ledger.pull(isPacking ? room : 0, this);
    }
  }

  /** Called by the ledger while it is asked to fill the link. */
  sendKept(bytes: Uint8Array, start: number, end: number, next: number): void {
    if (this.#isOpen) this.#push(bytes, start, end, next);
  }

  #push(bytes: Uint8Array, start: number, end: number, next: number): void {
    if (this.#host.tap !== undefined) this.#shown(packetsOf(bytes.subarray(start, end)) ?? []);
    this.#sendNext = next;
    this.#link?.send(bytes, start, end);
    this.#ledger?.outbox.release(next);
  }

  take(room: BodyRoom): Uint8Array[] {
    if (!this.#isOpen || this.isDormant || this.#isPumping) return [];
    this.#isPumping = true;
    try {
      return this.#shown(this.#mail?.finish === undefined ? this.#take(room) : this.#takeLast(room, this.#mail));
    } finally {
      this.#isPumping = false;
    }
  }

  #shown<Packets extends readonly Uint8Array[]>(packets: Packets): Packets {
    for (const packet of packets) this.#host.tap?.receiveSent(this.kind, packet);
    return packets;
  }

  #take(room: BodyRoom): Uint8Array[] {
    const packets = this.#mail?.take() ?? [];
    const controlCount = packets.length;
    addData(packets, this.#ledger, room, LARGEST_IN_BODY);
    // By itself an ACK is worth a request only when it is due.
    const acks = this.#acks;
    this.#addAck(packets, controlCount, acks !== undefined && (acks.isDue || (packets.length > 0 && acks.isOwed)));
    return packets;
  }

  /** The last word, behind all that may not have arrived: in one body, or not now. */
  #takeLast(room: BodyRoom, mail: Mail): Uint8Array[] {
    const words = mail.take();
    const packets = [...words];
    if (!addData(packets, this.#ledger, room, 0)) {
      mail.putBack();
      return [];
    }
    if (mail.finish !== undefined) this.close(mail.finish.code, mail.finish.reason);
    return [...packets.slice(words.length), ...words];
  }

  /** What goes into an answer that carries no DATA: packets that wait, and the ACK, if owed or in any case. */
  takeAnswer(withAck: boolean): Uint8Array[] {
    // The last word is for a GET, which comes again when its answer is lost.
    const packets = this.#mail?.finish === undefined ? (this.#mail?.take() ?? []) : [];
    this.#addAck(packets, packets.length, withAck || this.#acks?.isOwed === true);
    return this.#shown(packets);
  }

  /** Before DATA, whose answer may end the reading of the body. */
  #addAck(packets: Uint8Array[], at: number, isDue: boolean): void {
    if (this.#ledger === undefined || !isDue) return;
    this.#acks = undefined;
    packets.splice(at, 0, encodePacket({ type: PacketType.ack, received: this.#ledger.received }));
  }

  /** The last body taken may not have arrived: what it held beside DATA, which is kept anyway, goes out again. */
  receiveTakenLost(): void {
    this.#mail?.putBack();
    if (this.#ledger === undefined) return;
    this.#owed().force();
    this.#courier?.wake();
  }

  /**
   * Says a last word behind all that may not have arrived, if that can be at once; else `finish` does. A request that is under way
   * is not waited for: the one of the last word repeats what is in it. False: something that has its number stays behind.
   */
  sendLast(packet: ControlPacket, code: number, reason: string): boolean {
    const outbox = this.#ledger?.outbox;
    if (outbox === undefined) return false;
    const { last } = outbox;
    if (this.#link !== undefined) {
      // What was brought about by what is being read goes before it.
      this.#isReading = false;
      this.pump();
      this.sendFirst(packet);
      return this.#isOpen && this.#sendNext > outbox.last;
    }
    this.sendFirst(packet);
    if (this.#mail === undefined) return false;
    this.#mail.finish = { code, reason };
    this.#courier?.wake(true);
    return !this.#isOpen || outbox.last === last;
  }

  /** Ends the transport when what was sent last is on its way; nothing that still comes on it counts. */
  finish(code: number, reason: string): void {
    this.#ledger = undefined;
    const mail = this.#mail;
    if (mail === undefined || mail.isEmpty) return this.close(code, reason);
    mail.finish = { code, reason };
    this.#courier?.wake();
  }

  /** Ends the transport; its host hears no more of it. */
  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#mail = undefined;
    if (this.#link !== undefined) this.#link.close(code, reason);
    else this.#courier?.close(code, reason);
  }

  // --- inward ---

  receive(bytes: Uint8Array, start = 0, end: number = bytes.length, now?: number): void {
    if (!this.#isOpen) return;
    // Whatever it is, it is a sign of life.
    this.receivedAt = now ?? this.#host.now();
    this.#isReading = true;
    try {
      if (bytes[start] === PacketType.pack && this.kind === "websocket") this.#readPack(bytes, start, end);
      else this.#read(bytes, start, end);
    } finally {
      this.#isReading = false;
      this.settle();
    }
  }

  /** All that had come together was read: what it has brought about goes out. */
  settle(): void {
    this.#answerPing();
    if (this.#isPumpDue) this.pump();
    this.#ledger?.receiveRest(true);
  }

  #readPack(bytes: Uint8Array, begin: number, until: number): void {
    const isPack = readPack(bytes, begin, until, (start, end) => this.#read(bytes, start, end));
    if (!isPack) this.#host.fail(this, violations.packetMalformed);
  }

  openBody(): BodyReceiver {
    this.hasGap = false;
    this.#body = new Body((bytes, body) => this.#body === body && this.#readOfBody(bytes, body));
    return this.#body;
  }

  #readOfBody(bytes: Uint8Array, body: Body): boolean {
    this.receivedAt = this.#host.now();
    const goesOn = this.#read(bytes, 0, bytes.length, body);
    this.#ledger?.receiveRest(false);
    return goesOn;
  }

  receiveDrain(): void {
    if (!this.#isOpen) return;
    this.#answerPing();
    this.#host.receiveRoom(this);
  }

  receiveClosed(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#host.receiveLost(this, code, reason);
  }

  /** Reads one packet, in `bytes` from `start` to `end`; false when no more are wanted. */
  #read(bytes: Uint8Array, start: number, end: number, body?: Body): boolean {
    if (!this.#isOpen) return false;
    this.#host.tap?.receiveArrived(this.kind, bytes.subarray(start, end));
    // Nearly every packet is DATA: nothing is made for it.
    if (bytes[start] === PacketType.data && end > start && end - start <= MAX_PACKET_BYTES) {
      return this.#readData(bytes, start + ENVELOPE_ROOM, end, body);
    }
    return this.#readOther(bytes.subarray(start, end), body);
  }

  #readData(bytes: Uint8Array, start: number, end: number, body: Body | undefined): boolean {
    const number = body === undefined ? this.#receiveNext++ : body.next++;
    if (Number.isFinite(number)) return this.#host.receiveData(this, number, bytes, start, end) && this.#isOpen;
    this.#host.fail(this, violations.packetMisplaced);
    return this.#isOpen;
  }

  #readOther(bytes: Uint8Array, body: Body | undefined): boolean {
    const packet = decodePacket(bytes);
    if (packet === "unknown") this.#host.receiveUnknown?.(this);
    else if (isViolation(packet)) this.#host.fail(this, packet);
    else if (packet.type === PacketType.at) {
      if (body === undefined || Number.isFinite(body.next)) this.#host.fail(this, violations.packetMisplaced);
      else body.next = packet.next;
    } else {
      if (this.#question !== undefined && isAnswer(this.#question, packet)) this.#receiveAnswer(this.#question);
      this.#host.receivePacket(this, packet);
    }
    return this.#isOpen;
  }
}
