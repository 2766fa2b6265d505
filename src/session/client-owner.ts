// What a client's session is made of, and whom it tells what becomes of its transports. Interfaces only.

import type { Clock } from "../base/clock.ts";
import type { SessionUser } from "../base/session.ts";
import type { Attachment } from "./attachment.ts";
import type { AuthedPacket, GoAwayPacket, WelcomePacket } from "./packet.ts";
import type { SessionSettings } from "./settings.ts";

/** Whoever chooses transports. Every call is made after the session has changed. */
export interface ClientOwner {
  /** A transport was asked and is now the current one. */
  receiveAttached(attachment: Attachment): void;
  /** The current transport has ended; nothing is lost. Ask another, unless one was asked already. */
  receiveCut(code: number, reason: string): void;
  /** The asked transport has ended without an answer. 4401 and 4403 are the server's refusal. */
  receiveUnanswered(code: number, reason: string): void;
  /** The server asks to leave: this transport, or, with flag 1, this node. */
  receiveGoAway(packet: GoAwayPacket): void;
  /** AUTH was answered. */
  receiveAuthed(packet: AuthedPacket): void;
}

export interface ClientOptions {
  readonly clock: Clock;
  readonly settings: SessionSettings;
  readonly user: SessionUser;
  readonly owner: ClientOwner;
  readonly credit: number;
  readonly maxMessageBytes: number;
}

/** What the server said about itself. */
export type Terms = Pick<
  WelcomePacket,
  "credit" | "maxMessageBytes" | "maxChannels" | "retainBytes" | "windowSeconds" | "heartbeatSeconds"
>;
