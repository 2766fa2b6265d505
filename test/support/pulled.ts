// An envelope as a session pulls it: written where it wants it, or in memory of its own.
import { ENVELOPE_ROOM, type Pulled, SHORT_ENVELOPE_BYTES } from "../../src/base/session.ts";
import { concat } from "./byte-builder.ts";

const AT = 5;

/** What `pull` gives, wherever that is, without the room before it. Nothing but it may have been written. */
export function pulled(pull: (target: Uint8Array, at: number) => Pulled): Uint8Array | undefined {
  const target = new Uint8Array(AT + SHORT_ENVELOPE_BYTES + AT).fill(0xee);
  const envelope = pull(target, AT);
  const end = AT + (typeof envelope === "number" ? envelope : 0);
  const isClean = target.every((byte, at) => byte === 0xee || (at >= AT && at < end));
  if (!isClean) throw new Error("Something was written that is no part of the envelope.");
  return typeof envelope === "number" ? target.slice(AT, end) : envelope?.subarray(ENVELOPE_ROOM);
}

/** `envelope` as a user gives it to a session: written, or in memory of its own when it is long or that is wanted. */
export function given(envelope: Uint8Array, target: Uint8Array, at: number, isOwn = false): Pulled {
  if (isOwn || envelope.length > SHORT_ENVELOPE_BYTES) return concat([new Uint8Array(ENVELOPE_ROOM), envelope]);
  target.set(envelope, at);
  return envelope.length;
}
