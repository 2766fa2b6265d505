// Whoever a transport's attachment belongs to: an arrival at first, then a session. Interface only; what an
// attachment is, is a parameter, so that neither of the two files needs the other.

import type { Violation } from "../base/errors.ts";
import type { Packet } from "./packet.ts";
import type { PacketTap } from "./way.ts";

export interface AttachmentHost<Attachment> {
  /** Undefined while nobody looks on. */
  readonly tap?: PacketTap | undefined;
  /** DATA `number`, its envelope in `bytes` from `start` to `end`. False: the body it came in need not be read further. */
  receiveData(attachment: Attachment, number: number, bytes: Uint8Array, start: number, end: number): boolean;
  receivePacket(attachment: Attachment, packet: Packet): void;
  /** A packet was skipped that another version may know. */
  receiveUnknown?(attachment: Attachment): void;
  /** What came breaks a rule. */
  fail(attachment: Attachment, violation: Violation): void;
  /** The transport has ended by itself. */
  receiveLost(attachment: Attachment, code: number, reason: string): void;
  /** There may be room again, or a timer to set. */
  receiveRoom(attachment: Attachment): void;
  now(): number;
}
