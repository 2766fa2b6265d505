// The transports of a line that are made of requests, for networks that let no WebSocket through, and the ladder that says
// which of all to try. A line without them does not import this file, and its bundle has none of their code. When they are
// asked is the connector's.

import type { TransportKind } from "../session/way.ts";
import type { Credentials } from "../transports/http/client.ts";
import type { HttpKind } from "../transports/http/headers.ts";
import type { ProbeVerdict } from "../transports/http/probe.ts";
import { Climb, type ClimbOwner } from "./climb.ts";
import { Ladder } from "./ladder.ts";
import type { Seat } from "./page/seats.ts";
import { type CreateRequests, probePath, type RequestTransport } from "./requests.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a line says of itself to have some. */
export interface DetourTerms {
  /** Scheme, host and port, such as "https://example.com". */
  readonly origin: string;
  /** Where requests go. */
  readonly base: string;
  /** What the application allows. */
  readonly transports: readonly TransportKind[];
  readonly withCookies: boolean;
}

export type CreateDetours = (terms: DetourTerms) => Detours;

export class Detours {
  readonly ladder: Ladder;
  readonly #terms: DetourTerms;
  readonly #surroundings: Surroundings;
  readonly #createRequests: CreateRequests;

  constructor(terms: DetourTerms, surroundings: Surroundings, createRequests: CreateRequests) {
    this.#terms = terms;
    this.#surroundings = surroundings;
    this.#createRequests = createRequests;
    this.ladder = new Ladder({ surroundings, ...terms });
  }

  /** Asks for a seat for what holds its requests; `receive` is told what is to be asked: without one it is `poll`. */
  takeSeat(kind: HttpKind, receive: (kind: HttpKind) => void): Seat | undefined {
    if (kind === "poll") {
      receive(kind);
      return undefined;
    }
    return this.#surroundings.takeSeat(this.#terms.origin, (hasSeat) => {
      // Other tabs hold as many requests as the browser bears.
      receive(hasSeat || !this.ladder.usable.includes("poll") ? kind : "poll");
    });
  }

  createClimb(owner: ClimbOwner): Climb {
    return new Climb(this, this.#surroundings.clock, owner);
  }

  /** What the path does to an answer that the server holds. */
  probe(signal: AbortSignal): Promise<ProbeVerdict> {
    const { base, withCookies } = this.#terms;
    return probePath(this.#surroundings, { base, withCookies, isHeld: true, signal });
  }

  create(kind: HttpKind, credentials: Credentials): RequestTransport | undefined {
    const { fetch, clock } = this.#surroundings;
    const { base, withCookies } = this.#terms;
    if (fetch === undefined) return undefined;
    const receiveHeldEnd = (isCut: boolean): void => this.ladder.receiveHeldEnd(isCut);
    return this.#createRequests({ kind, base, fetch, clock, credentials, withCookies, receiveHeldEnd });
  }
}
