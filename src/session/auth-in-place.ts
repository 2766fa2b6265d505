// AUTH at the server (wire/session-v1 §3.3): a token renewed while the session goes on. Idempotent by id: a repeat gets the
// answer that its first copy got, and asks `authenticate` nothing. Remembers the latest one only.

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

export class AuthInPlace {
  #id = 0;
  #answer: AuthedPacket | undefined;

  /** AUTH `id` came: ask `authenticate`, send this answer again, or wait for the one that is coming. */
  receive(id: number): AuthedPacket | "ask" | "wait" {
    if (id > this.#id) {
      this.#id = id;
      this.#answer = undefined;
      return "ask";
    }
    return id === this.#id && this.#answer !== undefined ? this.#answer : "wait";
  }

  /** The answer to AUTH `id`, or undefined when a newer one has come meanwhile. A session never changes its principal. */
  complete(id: number, answer: Admission | 4401 | 4403, principal: string | undefined): AuthedPacket | undefined {
    if (id !== this.#id) return undefined;
    const status = typeof answer === "number" ? answer : answer.principal === principal ? 0 : 4403;
    const expiresSeconds = typeof answer === "number" || status !== 0 ? 0 : answer.expiresSeconds;
    this.#answer = { type: PacketType.authed, id, status, expiresSeconds };
    return this.#answer;
  }
}
