// AUTH at the server (wire/session-v1 §3.3): a token renewed while the session goes on. Idempotent by id: a repeat gets the
// answer that its first copy got, and asks `authenticate` nothing. Remembers the latest one only, and asks about one at a time:
// however many a client sends, one question is open and one token waits.

import { type AuthedPacket, PacketType } from "./packet.ts";

/** What `authenticate` found out about whoever asks. */
export interface Admission {
  /** The stable id that it gave, or none. */
  readonly principal: string | undefined;
  /** The browser origin, or none. */
  readonly origin: string | undefined;
  /** How long the admission is good for; 0: for ever. */
  readonly expiresSeconds: number;
}

/** What follows from an answer of `authenticate`: what is sent, and what is asked next. */
export interface AuthOutcome {
  /** Undefined when a newer AUTH has come meanwhile. */
  readonly packet: AuthedPacket | undefined;
  /** That newer one. */
  readonly next: { readonly id: number; readonly token: Uint8Array } | undefined;
}

export class AuthInPlace {
  #id = 0;
  #answer: AuthedPacket | undefined;
  #isAsking = false;
  /** Of the latest one, while another is asked about. */
  #waiting: Uint8Array | undefined;

  /** AUTH `id` came: ask `authenticate`, send this answer again, or wait for the one that is coming. `token` is copied. */
  receive(id: number, token: Uint8Array): AuthedPacket | "ask" | "wait" {
    if (id > this.#id) {
      this.#id = id;
      this.#answer = undefined;
      if (this.#isAsking) this.#waiting = token.slice();
      else this.#isAsking = true;
      return this.#waiting === undefined ? "ask" : "wait";
    }
    return id === this.#id && this.#answer !== undefined ? this.#answer : "wait";
  }

  /** `authenticate` has answered AUTH `id`, the one that was asked about. A session never changes its principal. */
  complete(id: number, answer: Admission | 4401 | 4403, principal: string | undefined): AuthOutcome {
    const token = this.#waiting;
    this.#waiting = undefined;
    if (token !== undefined) return { packet: undefined, next: { id: this.#id, token } };
    this.#isAsking = false;
    const status = typeof answer === "number" ? answer : answer.principal === principal ? 0 : 4403;
    const expiresSeconds = typeof answer === "number" || status !== 0 ? 0 : answer.expiresSeconds;
    this.#answer = { type: PacketType.authed, id, status, expiresSeconds };
    return { packet: this.#answer, next: undefined };
  }
}
