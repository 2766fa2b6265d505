// What a connector is told and whom it tells. Interfaces only.

import type { TransportKind } from "../session/way.ts";
import type { GoAwayPacket } from "../session/packet.ts";
import type { Detours } from "./detours.ts";
import type { Page, SocketSurroundings } from "./surroundings.ts";
import type { TokenSource } from "./token-source.ts";

export interface ConnectorOwner {
  /** The session is carried: for the first time, again, or by another transport than before. */
  receiveAttached(kind: TransportKind): void;
  receiveDetached(): void;
  /**
   * Nothing works, and somebody has answered who does not speak Longwire. `isProven`: whatever was dialled and asked.
   */
  receiveContrary(isProven: boolean): void;
  /** The server will go: this session is to be left by `deadlineMs`. */
  receiveLeaving(packet: GoAwayPacket): void;
}

export interface ConnectorOptions {
  readonly surroundings: SocketSurroundings;
  readonly page: Pick<Page, "isHidden" | "isOnline" | "isAway">;
  /** Where WebSockets are dialled. */
  readonly socketUrl: string;
  /** The transports below WebSocket, for a line that has them. */
  readonly detours: Detours | undefined;
  readonly token: TokenSource;
  readonly owner: ConnectorOwner;
}
