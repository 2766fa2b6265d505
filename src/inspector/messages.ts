// What an inspector and its page say to each other: JSON, one value per text message. The page gets these types from the package
// and nothing else of it. Types, and the one function that reads what a page sends.

import type {
  ConnectionView,
  EnvelopeEntry,
  Farewell,
  FrameEntry,
  Happening,
  PacketEntry,
  PayloadView,
  ServerView,
  SessionView,
  EndEntry,
  TransportEntry,
} from "../server/index.ts";
import { type RowOrder, rowOrders } from "./order.ts";

/** What a page asks for. The first message is `enter`. */
export type PageMessage =
  | { readonly type: "enter"; readonly token: string }
  /** Shows only what contains all of these words; "" shows everything. */
  | { readonly type: "search"; readonly words: string }
  /** Shows what is open in this order from now on, and of too many the first. */
  | { readonly type: "order"; readonly order: RowOrder }
  /** What passes on one connection or session is told from now on; on none, with `id` "". Payloads only when asked for. */
  | { readonly type: "capture"; readonly id: string; readonly payloads: boolean }
  | { readonly type: "dismiss"; readonly id: string; readonly farewell: Farewell }
  | { readonly type: "drain" };

/** A payload as JSON can have it. */
export interface ShownPayload extends Omit<PayloadView, "bytes"> {
  /** Base64; undefined for text. */
  readonly base64: string | undefined;
}

/** A frame of a tap, as the page gets it. */
export type ShownFrame = Omit<FrameEntry, "payload"> & { readonly payload: ShownPayload };
/** An envelope of a tap, as the page gets it. */
export type ShownEnvelope = Omit<EnvelopeEntry, "payload"> & { readonly payload: ShownPayload | undefined };
/** A packet of a tap, as the page gets it. */
export type ShownPacket = Omit<PacketEntry, "envelope"> & { readonly envelope: ShownEnvelope | undefined };
/** One thing that passed. */
export type ShownEntry = ShownFrame | ShownPacket | TransportEntry | EndEntry;

/** Why a capture ended. */
export type CaptureEnd = "over" | "time" | "unknown";

/** What a page is told. */
export type InspectorMessage =
  | { readonly type: "welcome" }
  | {
      readonly type: "snapshot";
      readonly server: ServerView;
      /** In the order that was asked for. */
      readonly rows: readonly (ConnectionView | SessionView)[];
      /** How many fit the search, and how many of them are too many to be sent. */
      readonly found: number;
      readonly omitted: number;
    }
  | { readonly type: "happenings"; readonly happenings: readonly Happening[] }
  /** The first one, without entries, says that the capture has begun. */
  | {
      readonly type: "captured";
      readonly id: string;
      readonly entries: readonly ShownEntry[];
      /** What passed and is not shown, because it was too much at once. */
      readonly dropped: number;
    }
  | { readonly type: "capture-ended"; readonly id: string; readonly why: CaptureEnd };

const farewells: readonly string[] = ["close", "cut", "send-away"] satisfies readonly Farewell[];
const MOST_WORDS = 200;

/** What a page sent; undefined for what is no message of it. */
export function parsePageMessage(text: string): PageMessage | undefined {
  const message = parseObject(text);
  if (message === undefined) return undefined;
  const { type, token, words, order, id, payloads, farewell } = message;
  if (type === "enter" && typeof token === "string") return { type, token };
  if (type === "search" && typeof words === "string") return { type, words: words.slice(0, MOST_WORDS) };
  if (type === "drain") return { type };
  const wanted = type === "order" ? rowOrders.find((known) => known === order) : undefined;
  if (wanted !== undefined) return { type: "order", order: wanted };
  if (typeof id !== "string") return undefined;
  if (type === "capture" && typeof payloads === "boolean") return { type, id, payloads };
  if (type === "dismiss" && isFarewell(farewell)) return { type, id, farewell };
  return undefined;
}

function parseObject(text: string): Readonly<Record<keyof PageFields, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<keyof PageFields, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

interface PageFields {
  type: unknown;
  token: unknown;
  words: unknown;
  order: unknown;
  id: unknown;
  payloads: unknown;
  farewell: unknown;
}

function isFarewell(value: unknown): value is Farewell {
  return typeof value === "string" && farewells.includes(value);
}
