// How packets leave one end of a session and reach the other (wire/session-v1 §4), and who looks on. Types only.

import type { Courier, Link } from "../base/link.ts";

export type TransportKind = "websocket" | "stream" | "longpoll" | "poll";

/** How packets leave: pushed into a link, or taken by a courier. */
export type Way =
  | { readonly kind: TransportKind; readonly link: Link }
  | { readonly kind: TransportKind; readonly courier: Courier };

/** Whoever looks on while packets pass, whatever carries them. They are valid during the call only. */
export interface PacketTap {
  receiveArrived(transport: TransportKind, packet: Uint8Array): void;
  receiveSent(transport: TransportKind, packet: Uint8Array): void;
}
