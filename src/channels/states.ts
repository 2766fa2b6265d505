// The states of a channel and what may arrive in each (wire/channels-v1 §5.1). Anything else is RESET 4400.

import { accept, close, credit, handled, reject, reset, slice } from "./envelope-kind.ts";

/**
 * `asking`: the client, from open() to the answer. `undecided`: the server, meanwhile. `closing`: our CLOSE is behind our
 * slices, or has been sent. `moving`: so is our CLOSE(MOVED). `parting`: the peer's CLOSE(MOVED) has come, and is answered when
 * all is delivered, both ways. `answering`: our answer to the peer's CLOSE, `leaving`: our RESET or REJECT, waits to be sent.
 */
export type ChannelState =
  | "asking"
  | "undecided"
  | "open"
  | "closing"
  | "moving"
  | "parting"
  | "answering"
  | "leaving"
  | "closed";

/** The kinds that each state takes. What comes after the end is late, and never gets as far as here. */
export const accepts: Readonly<Record<ChannelState, readonly number[]>> = {
  asking: [accept, reject, reset],
  undecided: [reset],
  open: [slice, credit, close, reset, handled],
  closing: [slice, credit, close, reset, handled],
  moving: [slice, credit, close, reset, handled],
  parting: [credit, reset, handled],
  answering: [],
  leaving: [],
  closed: [],
};

/** Whether an envelope of `kind` may come in `state`. Asked for every message, and nearly always of a channel that is open. */
export function mayCome(state: ChannelState, kind: number): boolean {
  return (state === "open" && (kind === slice || kind === credit)) || accepts[state].includes(kind);
}

/** Whether anything may. */
export function mayAnyCome(state: ChannelState): boolean {
  return state === "open" || accepts[state].length > 0;
}
