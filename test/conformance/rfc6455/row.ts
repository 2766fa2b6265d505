// One row of the RFC 6455 tables beside this file: the frames a peer sends and what they mean. rfc6455.test.ts runs them.

import { bytes, hex } from "../../support/byte-builder.ts";
import { writeFrame, type NaiveFrame, type Role } from "../../support/naive-frame-codec.ts";

export interface Row {
  /** Section, RELIABILITY id where there is one, and what happens. */
  readonly name: string;
  /** The frames, as they are sent to a reader of this role. */
  readonly frames: (role: Role) => readonly Uint8Array[];
  readonly events: readonly string[];
  readonly limits?: { readonly maxMessageBytes?: number; readonly maxFragments?: number };
  readonly lenientLength?: boolean;
}

const key = hex("37 fa 21 3d");
/** A frame with the mask this reader expects, and with whatever else `frame` says. */
export const wrong = (role: Role, frame: NaiveFrame): Uint8Array =>
  writeFrame({ ...frame, key: role === "server" ? key : undefined });
/** The payload of a Close. */
export const closeWith = (code: number, reason: string | Uint8Array = ""): Uint8Array => bytes(code >> 8, code, reason);

/** A row, written in the order in which it is read. */
export const row = (
  name: string,
  frames: Row["frames"],
  events: Row["events"],
  more: Pick<Row, "limits" | "lenientLength"> = {},
): Row => ({ name, frames, events, ...more });
