// What the part “The wire” and its half on the server say to each other. Two connections are looked at: the page's own, a browser's
// WebSocket whose bytes the server's half shows, and a raw one, which the server's half holds to its own echo route for the page.

/** `live` is the page's own WebSocket, `raw` the one whose bytes the page writes. */
export type Connection = "live" | "raw";

/** Seen from the client: `up` is to the server. */
export type Direction = "up" | "down";

/** So many bytes may be written at once. */
export const mostBytes = 65_536;

/** What the server can be asked to send on the live connection. */
export const serverActs = ["ping", "binary", "fragments", "close"] as const;
export type ServerAct = (typeof serverActs)[number];

/** From the page. */
export type WireRequest =
  /** Opens a raw connection; one that was there is dropped. */
  | { readonly type: "dial" }
  /** Writes bytes on it, as they are. */
  | { readonly type: "write"; readonly hex: string }
  /** Drops it without a word. */
  | { readonly type: "drop" }
  /** The server does this on the live connection. */
  | { readonly type: "act"; readonly act: ServerAct }
  | { readonly type: "end" };

/** To the page. */
export type WireReport =
  /** The opening handshake is over: its heads as they were sent. What follows is frames. */
  | {
      readonly type: "opened";
      readonly connection: Connection;
      readonly request: string;
      readonly response: string;
    }
  | {
      readonly type: "bytes";
      readonly connection: Connection;
      readonly direction: Direction;
      /** The server's clock, ms. */
      readonly at: number;
      readonly hex: string;
    }
  /** The TCP connection is over; `fault` in words if it did not end in order. */
  | {
      readonly type: "ended";
      readonly connection: Connection;
      readonly at: number;
      readonly fault: string | undefined;
    };

/** Undefined for what is none. */
export function parseWireRequest(value: unknown): WireRequest | undefined {
  if (typeof value !== "object" || value === null || !("type" in value)) return undefined;
  const { type } = value;
  if (type === "dial" || type === "drop" || type === "end") return { type };
  if (type === "write" && "hex" in value && typeof value.hex === "string") {
    const { hex } = value;
    const isHex = /^(?:[0-9a-f]{2})+$/.test(hex) && hex.length <= 2 * mostBytes;
    return isHex ? { type, hex } : undefined;
  }
  if (type === "act" && "act" in value) {
    const act = serverActs.find((known) => known === value.act);
    return act === undefined ? undefined : { type, act };
  }
  return undefined;
}
