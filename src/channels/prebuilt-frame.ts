// The message inside a prebuilt frame. Publications are built once as the frame that plain sockets send (RFC 6455 §5.2, whole,
// unmasked); a channel sends the same bytes in slices, so it looks behind the frame's head and copies nothing.

import type { OutgoingMessage } from "./outgoing.ts";

const TEXT = 1;

/** The message that `frame`, one of our own making, holds, as a view. */
export function messageInFrame(frame: Uint8Array): OutgoingMessage {
  const [first = 0, second = 0] = frame;
  const headBytes = second < 126 ? 2 : second === 126 ? 4 : 10;
  return { bytes: frame.subarray(headBytes), isText: (first & 0x0f) === TEXT };
}
