// What a tap tells, one value for each thing that passed. Values only, with no secret in them: they may be shown, sent and stored.

import type { TransportKind } from "../../session/way.ts";
import type { PayloadView } from "./payload-view.ts";

/** `in`: from the client. */
export type Direction = "in" | "out";

interface Passed {
  /** In ms since 1970, with a fraction. */
  readonly at: number;
  readonly direction: Direction;
  /** On the way: of a frame its head and payload, of a packet the packet. */
  readonly bytes: number;
}

/** A frame of a plain WebSocket (RFC 6455 §5.2). */
export interface FrameEntry extends Passed {
  readonly kind: "frame";
  /** `text`, `ping` and so on. */
  readonly name: string;
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly masked: boolean;
  readonly headerBytes: number;
  /** Of a Close frame; undefined if it has none. */
  readonly close: { readonly code: number; readonly reason: string } | undefined;
  readonly payload: PayloadView;
}

/** What a field of a packet or envelope says. */
export type FieldValue = string | number | boolean;

/** An envelope (wire/channels-v1 §5). */
export interface EnvelopeEntry {
  /** `slice`, `credit`, `open` and so on; `malformed` and `unknown` for what is none. */
  readonly name: string;
  /** Undefined for what does not come that far. */
  readonly channel: number | undefined;
  /** Everything it says but its payload, in the words of the wire; tokens and parameters as their lengths. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** Of a slice. */
  readonly payload: PayloadView | undefined;
}

/** A packet of a session (wire/session-v1 §2), on whatever transport. */
export interface PacketEntry extends Passed {
  readonly kind: "packet";
  readonly transport: TransportKind;
  /** `data`, `ack`, `ping` and so on; `malformed` and `unknown` for what is none. */
  readonly name: string;
  /** As an envelope's. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** In DATA. */
  readonly envelope: EnvelopeEntry | undefined;
}

/** A session has come to another transport: what follows passes there. */
export interface TransportEntry {
  readonly kind: "transport";
  readonly at: number;
  readonly transport: TransportKind;
}

/** It is over, and the tap with it. */
export interface EndEntry {
  readonly kind: "end";
  readonly at: number;
}

/** One thing that passed, or the end of it. */
export type TapEntry = FrameEntry | PacketEntry | TransportEntry | EndEntry;
/** Called for each in turn: must be quick, and must not throw. */
export type TapReceiver = (entry: TapEntry) => void;

/** What tap() takes. */
export interface TapOptions {
  /** How much of each payload is shown. Default: 4,096; 0: none of it; at most 65,536. */
  readonly payloadBytes?: number | undefined;
}

/** What tap() returns. */
export interface Tap {
  /** Ends it; nothing is told after that. Calling it again does nothing. */
  stop(): void;
}
