// The sessions of one node, found by name (wire/session-v1 §3.1, §6): makes them, judges who may resume them, wakes them, and
// forgets them. Admission is decided before; transports and their requests are other floors'.

import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { SessionUser } from "../base/session.ts";
import type { Attachment } from "./attachment.ts";
import { type HelloPacket, NAME_BYTES, PacketType, type ResumePacket } from "./packet.ts";
import { judgeResume } from "./resume-judge.ts";
import type { Admission } from "./auth-in-place.ts";
import { defaultParkingLimits, Parking, type ParkingLimits } from "./parking.ts";
import { ServerSession } from "./server-session.ts";
import type { SessionSettings } from "./settings.ts";
import type { Offer, SessionKeeper } from "./terms.ts";
import { decodeTicket, isGenuine, KEY_BYTES, textOf } from "./ticket.ts";
import { type Sleeper, Wheel } from "./wheel.ts";

export interface RegistryOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: SessionSettings;
  readonly offer: Offer;
  /** What other nodes find this one by: it stands in every ticket. */
  readonly hint: Uint8Array;
  /** How many sessions may wait for their clients, and with how much. */
  readonly parking?: Partial<ParkingLimits> | undefined;
  /** The floor above, for a new session. It must not pull before `receiveAttached`. */
  createUser(session: ServerSession, hello: HelloPacket): SessionUser;
  /** A RESUME was judged, for whoever counts: before it is answered. */
  receiveVerdict?(verdict: "resumed" | "late" | "gone", goneReason: number): void;
  /** A token came with AUTH: answer with `session.completeAuth(id, …)`, now or later. */
  authenticate(session: ServerSession, id: number, token: Uint8Array): void;
}

/** Where a request with a ticket belongs: to a transport, or nowhere, with the HTTP status that says so. */
export type Found = { readonly session: ServerSession; readonly attachment: Attachment } | 409 | 410;

export class Registry implements SessionKeeper<ServerSession> {
  readonly #options: RegistryOptions;
  readonly #sessions = new Map<string, ServerSession>();
  /** Over, but for the BYE that the next request is to take along. */
  readonly #leaving = new Map<string, ServerSession>();
  readonly #wheel: Wheel;
  readonly #parking: Parking;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#parking = new Parking({ ...defaultParkingLimits, ...options.parking });
    this.#wheel = new Wheel(options.clock);
  }

  get settings(): SessionSettings {
    return this.#options.settings;
  }

  get hint(): Uint8Array {
    return this.#options.hint;
  }

  get sessions(): Iterable<ServerSession> {
    return this.#sessions.values();
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** How many of them have no transport at the moment. */
  get parkedCount(): number {
    return this.#parking.count;
  }

  /** What these keep. */
  get parkedBytes(): number {
    return this.#parking.bytes;
  }

  /** A new session for whoever was admitted; WELCOME is its first packet. */
  hello(hello: HelloPacket, admission: Admission, attachment: Attachment): ServerSession {
    const [name, key] = [this.#secret(NAME_BYTES), this.#secret(KEY_BYTES)];
    const session = new ServerSession({ name, key, version: hello.version }, admission, this, (created) =>
      this.#options.createUser(created, hello),
    );
    this.#sessions.set(name, session);
    session.welcome(attachment, this.#options.offer);
    return session;
  }

  #secret(byteCount: number): string {
    const bytes = new Uint8Array(byteCount);
    this.#options.random.fill(bytes);
    return textOf(bytes);
  }

  /** Attaches the transport to the session that it asks for, or tells it why not. */
  resume(asked: ResumePacket, admission: Admission, attachment: Attachment): ServerSession | undefined {
    const claims = decodeTicket(asked.ticket);
    const session = claims === undefined ? undefined : this.#sessions.get(textOf(claims.name));
    const verdict = judgeResume(session, claims, asked, admission);
    const isGone = typeof verdict === "number";
    const word = isGone ? "gone" : verdict === "late" ? "late" : "resumed";
    this.#options.receiveVerdict?.(word, isGone ? verdict : 0);
    if (verdict === "late") {
      attachment.close(4409, "A newer request of the same session came before.");
      return undefined;
    }
    if (typeof verdict === "number") {
      attachment.send({ type: PacketType.gone, reason: verdict, retryAfterMs: 0 });
      attachment.finish(4410, "The session is gone.");
      return undefined;
    }
    verdict.session.resume(attachment, { ...asked, generation: verdict.generation }, admission.expiresSeconds);
    return verdict.session;
  }

  /** The transport to which a request with `ticket` belongs. It counts as a sign of life, and confirms the ticket. */
  find(ticket: Uint8Array): Found {
    const claims = decodeTicket(ticket);
    const name = claims === undefined ? "" : textOf(claims.name);
    const session = this.#sessions.get(name) ?? this.#leaving.get(name);
    if (claims === undefined || session === undefined || !isGenuine(claims, session.key)) return 410;
    const attachment = session.receiveRequest(claims.generation);
    return attachment === undefined ? 409 : { session, attachment };
  }

  // --- for its sessions ---

  /** Whole milliseconds: every session keeps a few such times, and a number with a fraction is an object of its own. */
  now(): number {
    return Math.floor(this.#options.clock.now());
  }

  fraction(): number {
    return this.#options.random.fraction();
  }

  schedule(sleeper: Sleeper): void {
    this.#wheel.schedule(sleeper);
  }

  /** No longer wakes `sleeper`. */
  release(sleeper: Sleeper): void {
    this.#wheel.remove(sleeper);
  }

  park(session: ServerSession): void {
    this.#parking.park(session);
  }

  unpark(session: ServerSession): void {
    this.#parking.leave(session);
  }

  forget(session: ServerSession, hasFarewell: boolean): void {
    const { name } = session;
    this.#wheel.remove(session);
    this.#parking.leave(session);
    this.#sessions.delete(name);
    if (hasFarewell) this.#leaving.set(name, session);
    else this.#leaving.delete(name);
  }

  authenticate(session: ServerSession, id: number, token: Uint8Array): void {
    this.#options.authenticate(session, id, token);
  }
}
