// What one transport of a session tells whoever it belongs to, and whoever looks on. Interfaces only.

import type { Violation } from "../base/errors.ts";
import type { Attachment, TransportKind } from "./attachment.ts";
import type { Packet } from "./packet.ts";

/** Whoever looks on while packets pass, whatever carries them. They are valid during the call only. */
export interface PacketTap {
  receiveArrived(transport: TransportKind, packet: Uint8Array): void;
  receiveSent(transport: TransportKind, packet: Uint8Array): void;
}

/** Whoever a transport belongs to: before it is attached, and then a session. */
export interface AttachmentHost {
  /** Undefined while nobody looks on. */
  readonly tap?: PacketTap | undefined;
  /** DATA `number` of this transport, its envelope in `bytes` from `start` to `end`. False: the body it came in need not be read further. */
  receiveData(attachment: Attachment, number: number, bytes: Uint8Array, start: number, end: number): boolean;
  receivePacket(attachment: Attachment, packet: Packet): void;
  /** All that had come together was read, and what it has brought about has gone out. */
  receiveRest(): void;
  /** What came breaks a rule. */
  fail(attachment: Attachment, violation: Violation): void;
  /** The transport has ended by itself. */
  receiveLost(attachment: Attachment, code: number, reason: string): void;
  /** There may be room again, or a timer to set. */
  receiveRoom(attachment: Attachment): void;
  now(): number;
}
