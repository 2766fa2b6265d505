// What the page of the part “Many in one” and its half on the server say to each other, and what travels in the channels.

/** Conversations of different kinds, each with a URI of its own. */
export type Stream = "chat" | "feed" | "telemetry" | "transfer";
export const streams: readonly Stream[] = ["chat", "feed", "telemetry", "transfer"];

/** A channel for each stream in one session; or one plain WebSocket, everything in one queue. */
export type Way = "session" | "plain";
export const ways: readonly Way[] = ["session", "plain"];

/** What can be set, and to what. */
export const choices = {
  /** How much the network in between carries, each way. */
  bytesPerSecond: [250_000, 500_000, 1_000_000, 2_000_000],
  transferBytes: [1_048_576, 4_194_304, 16_777_216],
} as const;

export interface ManySettings {
  readonly bytesPerSecond: number;
  readonly transferBytes: number;
}

export type ManyRequest =
  | { readonly type: "begin"; readonly run: number; readonly settings: ManySettings }
  | { readonly type: "set"; readonly settings: ManySettings }
  /** The large transfer, on both ways at once. */
  | { readonly type: "transfer" }
  | { readonly type: "end" };

/** Something that passed the server's end of a connection, in its order there. */
export interface Passed {
  readonly isDown: boolean;
  /** Undefined for what belongs to none: acknowledgements, pings. */
  readonly stream: Stream | undefined;
  /** Of an envelope, packet or frame: "slice", "credit", "ack", "text" … */
  readonly name: string;
  readonly bytes: number;
}

/** What either side may still send in a channel, by the server's books. */
export interface ChannelCredit {
  readonly stream: Stream;
  readonly channel: number;
  readonly down: number;
  readonly up: number;
}

export type ManyAnswer =
  | { readonly type: "ready"; readonly run: number }
  | { readonly type: "full" }
  /** The transfer has begun. By the server's clock. */
  | { readonly type: "started"; readonly run: number; readonly at: number; readonly bytes: number }
  | {
      readonly type: "report";
      readonly run: number;
      /** Since the last report. */
      readonly passed: Readonly<Record<Way, readonly Passed[]>>;
      readonly credits: readonly ChannelCredit[];
    };

/** Of the streams that are text. */
export interface StreamMessage {
  readonly to: Stream;
  readonly n: number;
  /** When it was sent: of telemetry, and of what is said, by the page's clock; of the others by the server's. */
  readonly at: number;
  readonly text: string;
}

/** The path of a stream at the server behind; of the plain connection that has them all. */
export function streamPath(stream: Stream, run: number): string {
  return `/many/${stream}/${run}`;
}
export function plainPath(run: number): string {
  return `/many/plain/${run}`;
}

/** Undefined for what is none. */
export function readStreamMessage(text: string): StreamMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { n, at, text: said } = value;
  const to = streams.find((stream) => stream === value["to"]);
  if (to === undefined || typeof n !== "number" || typeof at !== "number" || typeof said !== "string") return undefined;
  return { to, n, at, text: said };
}

/** Undefined for what is none. Settings outside the choices are none. */
export function parseManyRequest(value: unknown): ManyRequest | undefined {
  if (!isRecord(value)) return undefined;
  const { type, run } = value;
  if (type === "transfer" || type === "end") return { type };
  const settings = readSettings(value["settings"]);
  if (settings === undefined) return undefined;
  if (type === "set") return { type, settings };
  return type === "begin" && Number.isSafeInteger(run) ? { type, run: run as number, settings } : undefined;
}

function readSettings(value: unknown): ManySettings | undefined {
  if (!isRecord(value)) return undefined;
  const bytesPerSecond = choices.bytesPerSecond.find((choice: number) => choice === value["bytesPerSecond"]);
  const transferBytes = choices.transferBytes.find((choice: number) => choice === value["transferBytes"]);
  return bytesPerSecond === undefined || transferBytes === undefined ? undefined : { bytesPerSecond, transferBytes };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
