// What one conformance case is made of: what the replaying peer does, and what the implementation under test must show in
// return. The cases themselves are in cases.ts, the player in replay.ts. Says nothing about roles: every case is played
// against servers (frames masked) and against clients (frames unmasked).

/** Payload bytes by description, so that a table of cases stays small. `repeat` is hex, cut to exactly `bytes`. */
export type Payload =
  | { readonly text: string }
  | { readonly hex: string }
  | { readonly repeat: string; readonly bytes: number };

export interface FrameStep {
  readonly act: "frame";
  readonly opcode: number;
  /** Default: true. */
  readonly fin?: false;
  /** The three reserved bits as a number, RSV1 being 4. Default: 0. */
  readonly rsv?: number;
  readonly payload?: Payload;
  /** Writes of this many bytes each, one per turn of the event loop. Default: joined with its neighbours into one write. */
  readonly chop?: number;
  /** Goes out in a write of its own. */
  readonly alone?: true;
}

export type Step =
  | FrameStep
  /** A message cut into fragments of this size; one that divides evenly ends with an empty fragment. */
  | { readonly act: "fragments"; readonly opcode: number; readonly payload: Payload; readonly size: number }
  /** Only the head of a frame that announces `bytes`; `more` steps bring the payload. */
  | { readonly act: "head"; readonly opcode: number; readonly fin?: false; readonly bytes: number }
  | { readonly act: "more"; readonly payload: Payload }
  /** Nothing is sent for a while. A peer that fails the connection here has failed it too early. */
  | { readonly act: "pause" }
  /** The peer must fail the connection now; what follows is sent only to one that did not. */
  | { readonly act: "await refusal" }
  /** Send a message, wait for its echo, `count` times. */
  | { readonly act: "rounds"; readonly opcode: number; readonly payload: Payload; readonly count: number };

/** One thing the implementation under test sends before any close frame. */
export interface Sight {
  readonly kind: "text" | "binary" | "pong";
  readonly payload: Payload;
  /** Default: 1. */
  readonly times?: number;
}

export interface Ending {
  /** Who begins: `us` after everything expected was seen (code 1000), `steps` with a close frame among the steps, `them` to fail the connection. */
  readonly by: "us" | "steps" | "them";
  /** Codes their close frame may carry; 1005: none. Without 1000 among them a cut instead of a close frame is tolerated as not strict. */
  readonly codes: readonly number[];
}

export interface Case {
  /** The number the case has in the reference suite. */
  readonly id: string;
  readonly title: string;
  readonly steps: readonly Step[];
  /** In this order, nothing else. */
  readonly sees: readonly Sight[];
  /** Seeing nothing at all is tolerated as not strict: the violation may overtake the echo. */
  readonly mayLoseEcho?: true;
  readonly ending: Ending;
  /** Both outcomes are legal; any beginning of `sees` will do. */
  readonly informational?: true;
}

export function payloadBytes(payload: Payload | undefined): Buffer {
  if (payload === undefined) return Buffer.alloc(0);
  if ("text" in payload) return Buffer.from(payload.text);
  if ("hex" in payload) return Buffer.from(payload.hex, "hex");
  return Buffer.alloc(payload.bytes, Buffer.from(payload.repeat, "hex"));
}
