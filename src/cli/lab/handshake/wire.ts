// What the part “The handshake” and its half on the server say to each other: the heads of the page's own connection, what the server
// measured when it dialled itself, and what requests got that are no good ones.

/** Requests that the server's half really sends, each wrong in one way; the last one is right. */
export const probes = [
  "plain",
  "version",
  "keyless",
  "shortKey",
  "connection",
  "post",
  "http10",
  "origin",
  "host",
  "path",
  "noHttp",
  "right",
] as const;
export type Probe = (typeof probes)[number];

/** From the page, on the control socket. */
export type HandshakeRequest =
  /** Dial yourself and measure. */
  { readonly type: "measure" } | { readonly type: "ask"; readonly probe: Probe };

export type StepName = "dns" | "tcp" | "tls" | "http" | "message";

export interface Step {
  readonly name: StepName;
  readonly startMs: number;
  readonly endMs: number;
  /** Bytes that TCP carried for it, as the socket counted them. */
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** One connection of the server to itself, or to its neighbour with TLS. */
export interface Dialled {
  readonly steps: readonly Step[];
  readonly name: string;
  /** What the name was looked up to. */
  readonly addresses: readonly string[];
  /** Where it was dialled. */
  readonly authority: string;
  readonly tls: { readonly protocol: string; readonly cipher: string } | undefined;
  /** The listener was made for this, with a certificate that nobody has signed. */
  readonly isMadeUp: boolean;
}

/** To the page. */
export type HandshakeReport =
  | {
      readonly type: "heads";
      readonly request: string;
      readonly response: string;
      /** Whether the request's head is as long as what the socket had read. */
      readonly isExact: boolean;
    }
  | { readonly type: "measured"; readonly dialled: readonly Dialled[]; readonly fault: string | undefined }
  | {
      readonly type: "answered";
      readonly probe: Probe;
      readonly request: string;
      /** As far as it came, as text; empty if there was none. */
      readonly response: string;
      /** The server then ended the connection. */
      readonly isEnded: boolean;
    };

/** Undefined for what is none. */
export function parseHandshakeRequest(value: unknown): HandshakeRequest | undefined {
  if (typeof value !== "object" || value === null || !("type" in value)) return undefined;
  if (value.type === "measure") return { type: "measure" };
  if (value.type !== "ask" || !("probe" in value)) return undefined;
  const probe = probes.find((known) => known === value.probe);
  return probe === undefined ? undefined : { type: "ask", probe };
}
