// One transport that asks for a session, on its way through the admission: a HELLO or RESUME is judged as an upgrade is, by the
// same rules and once (RELIABILITY V-57), whichever transport brings it. Keeps a place among the connections until a session
// has one of its own. Which session it gets is the registry's affair.

import { type ErrorCode, LocalError } from "../base/errors.ts";
import type { Refusal } from "../session/arrival.ts";
import type { Admission as SessionAdmission } from "../session/auth-in-place.ts";
import { type HelloPacket, PacketType, type ResumePacket } from "../session/packet.ts";
import type { Place } from "./admission.ts";
import type { Verdict } from "./authentication.ts";
import type { Guest, LineRules } from "./line-rules.ts";
import type { Waiting } from "./residents.ts";
import type { UpgradeRequest } from "./upgrade-request.ts";

/** Takes what the admission says: at once or later, never twice. */
export type Answer = (answer: SessionAdmission | Refusal) => void;

export class Caller implements Waiting {
  readonly #rules: LineRules;
  readonly #request: UpgradeRequest;
  readonly #mount: string;
  #place: Place | undefined;
  /** The request that `authenticate` is looking at, and who waits for what it finds. */
  #asked: { readonly request: UpgradeRequest; readonly answer: Answer } | undefined;
  #guest: Guest | undefined;

  /** Host, origin and capacity were judged before: `place` is what they gave. */
  constructor(rules: LineRules, request: UpgradeRequest, mount: string, place: Place) {
    this.#rules = rules;
    this.#request = request;
    this.#mount = mount;
    this.#place = place;
  }

  /** Who was let in; undefined before. */
  get guest(): Guest | undefined {
    return this.#guest;
  }

  /** Asks `authenticate` with this token. Answers once, now or later, unless the client goes away. */
  admit(opening: HelloPacket | ResumePacket, answer: Answer): void {
    const request = withToken(this.#request, opening.token);
    if (request === undefined) {
      answer({ closeCode: 4401, reason: "The token has bytes that no header can hold." });
      return;
    }
    this.#asked = { request, answer };
    const { residents } = this.#rules;
    // A session that goes on here may still fetch what waits for it, and is told to leave.
    const mayResume = residents.state === "draining" && opening.type === PacketType.resume;
    if (residents.state !== "open" && !mayResume) {
      this.turnAway();
      return;
    }
    const objection = opening.type === PacketType.hello ? this.#place?.objection : undefined;
    if (objection !== undefined) {
      const closeCode = objection.status === 429 ? 4429 : 1013;
      this.#conclude({ closeCode, reason: objection.message }, objection.code);
      return;
    }
    const verdict = this.#rules.authenticate(request);
    if ("kind" in verdict) {
      this.#settle(verdict);
      return;
    }
    residents.waiting.add(this);
    void verdict.then((result) => this.#settle(result));
  }

  turnAway(): void {
    this.#asked?.request.abandon(new LocalError("LW_SERVER_DRAINING", "The server is shutting down."));
    this.#conclude({ closeCode: 1012, reason: "This server is shutting down; try again in a moment." });
  }

  #settle(verdict: Verdict): void {
    const asked = this.#asked;
    // The client or the server has given up meanwhile.
    if (asked === undefined) return;
    this.#conclude(this.#rules.judge(verdict, asked.request, this.#mount));
  }

  #conclude(outcome: Guest | Refusal, code?: ErrorCode): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    this.#asked = undefined;
    this.#rules.residents.waiting.delete(this);
    if ("closeCode" in outcome) {
      this.#rules.refused(this.#request, outcome, code);
      asked.answer(outcome);
    } else {
      this.#guest = outcome;
      asked.answer(outcome);
    }
    // A new session has taken it; a resumed one has its own.
    this.leave();
  }

  /** The place goes to the session that was made for this caller. */
  takePlace(): Place | undefined {
    const place = this.#place;
    this.#place = undefined;
    place?.keep();
    return place;
  }

  /** The transport needs no place any more: it is gone, or belongs to a session. */
  leave(): void {
    const place = this.#place;
    this.#place = undefined;
    place?.leave();
  }

  /** The transport is gone; what the hook finds out is of no interest. */
  receiveClosed(): void {
    this.#asked?.request.abandon(new LocalError("LW_SERVER_CLIENT_GONE", "The client closed the connection."));
    this.#asked = undefined;
    this.#rules.residents.waiting.delete(this);
    this.leave();
  }
}

/** The request with a token in its place; undefined for one that could not stand in a header. */
export function withToken(request: UpgradeRequest, token: Uint8Array): UpgradeRequest | undefined {
  if (token.length === 0) return request.derive({});
  if (token.some((byte) => byte < 0x20 || byte > 0x7e)) return undefined;
  return request.derive({ token: String.fromCharCode(...token) });
}
