// What a connector is told and whom it tells. Interfaces only.

import type { TransportKind } from "../session/attachment.ts";
import type { GoAwayPacket } from "../session/packet.ts";
import type { Ladder } from "./ladder.ts";
import type { CreateRequests } from "./requests.ts";
import type { Page, Surroundings } from "./surroundings.ts";
import type { TokenSource } from "./token-source.ts";

/** Where the server is. */
export interface Address {
  /** Scheme, host and port, such as "https://example.com". */
  readonly origin: string;
  /** Where WebSockets are dialled. */
  readonly socketUrl: string;
  /** Where requests go. */
  readonly base: string;
}

export interface ConnectorOwner {
  /** The session is carried: for the first time, again, or by another transport than before. */
  receiveAttached(kind: TransportKind): void;
  receiveDetached(): void;
  /** The server will go: this session is to be left by `deadlineMs`. */
  receiveLeaving(packet: GoAwayPacket): void;
}

export interface ConnectorOptions {
  readonly surroundings: Surroundings;
  readonly page: Pick<Page, "isHidden" | "isOnline" | "isAway">;
  readonly address: Address;
  readonly ladder: Ladder;
  readonly token: TokenSource;
  readonly createRequests: CreateRequests | undefined;
  readonly withCookies: boolean;
  readonly owner: ConnectorOwner;
}
