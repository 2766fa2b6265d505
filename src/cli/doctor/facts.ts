// What an examination has found, as plain values: `--json` prints them as they are, diagnosis.ts judges them, report.ts shows
// them. Times are milliseconds. What was not looked at is absent. Secrets are redacted before anything comes in here.

export interface LookupFacts {
  readonly ms: number;
  readonly addresses: readonly string[];
  readonly fault?: string;
}

export interface AddressFacts {
  readonly address: string;
  /** Absent: it could not be connected to. */
  readonly ms?: number;
  readonly fault?: string;
}

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: string;
  readonly validTo: string;
}

export interface TlsFacts {
  readonly ms?: number;
  readonly fault?: string;
  /** Of the connection that was made. */
  readonly version?: string;
  readonly cipher?: string;
  /** Every version that the server agreed to when it was the only one offered. */
  readonly versions: readonly string[];
  readonly certificates: readonly CertificateFacts[];
  readonly daysLeft?: number;
  readonly matchesName?: boolean;
  readonly isTrusted?: boolean;
  /** Why it is not: Node's own code, e.g. DEPTH_ZERO_SELF_SIGNED_CERT. */
  readonly distrust?: string;
  /** What the server chose of h2 and http/1.1; "" for nothing. */
  readonly alpn?: string;
  /** Whether it takes a connection that offers http/1.1 only. */
  readonly takesHttp1: boolean;
}

export type HeaderLine = readonly [name: string, value: string];

export interface UpgradeFacts {
  /** From the request to the end of the answer's head. */
  readonly ms?: number;
  readonly request: readonly string[];
  readonly status?: number;
  readonly statusText?: string;
  readonly headers: readonly HeaderLine[];
  /** The beginning of what an answer that is no upgrade says. */
  readonly body?: string;
  readonly isOpen: boolean;
  readonly protocol?: string;
  readonly extensions?: string;
  readonly fault?: { readonly code: string; readonly message: string };
  /** The first bytes are those of TLS, or those of something else that is not HTTP. */
  readonly speaks?: "tls" | "http/2" | "other";
}

/** What an ordinary request to the same address is answered. */
export interface PlainFacts {
  readonly status?: number;
  readonly headers: readonly HeaderLine[];
  readonly fault?: string;
}

export interface CompressionFacts {
  readonly offered: string;
  /** "": the server does not compress. */
  readonly answered: string;
  readonly isOpen: boolean;
}

export interface RoundTripFacts {
  readonly sent: number;
  readonly answered: number;
  readonly leastMs?: number;
  readonly medianMs?: number;
}

export interface CloseFacts {
  readonly code?: number;
  /** Absent: the Close was not answered. */
  readonly answeredMs?: number;
  /** From the answer to the end of TCP. Absent: it was left open. */
  readonly endedMs?: number;
}

export type TransportName = "websocket" | "stream" | "longpoll" | "poll";

export interface TransportFacts {
  /** Whether a session was opened on it and something came back on it. */
  readonly works: boolean;
  readonly openMs?: number;
  readonly roundTripMs?: number;
  /** The server is there and does not let this client in. */
  readonly isRefused?: boolean;
  readonly status?: number;
  readonly fault?: string;
}

export interface LineFacts {
  /** Where a Longwire server was looked for. */
  readonly path: string;
  readonly isLongwire: boolean;
  /** What was answered there, when it is none. */
  readonly status?: number;
  readonly fault?: string;
  /** Whether an answer comes through while it is still open. */
  readonly probe?: "streams" | "buffers" | "none" | "busy";
  readonly transports: Partial<Record<TransportName, TransportFacts>>;
  readonly repeatsPosts?: boolean;
  readonly maxMessageBytes?: number;
}

export interface IdleFacts {
  /** How long it was waited. */
  readonly waitedMs: number;
  /** When the connection on which nothing was said was ended; absent: it lived. */
  readonly quietEndedMs?: number;
  /** By a Close, with its code. */
  readonly quietCloseCode?: number;
  /** When the connection on which we pinged was ended. */
  readonly busyEndedMs?: number;
  readonly busyEveryMs: number;
  /** When the server's own pings came. */
  readonly serverPingsMs: readonly number[];
}

export interface MessageSizeFacts {
  /** The largest message that was taken, and the smallest that was not. */
  readonly takenBytes: number;
  readonly refusedBytes?: number;
  /** How the connection ended at that one. */
  readonly code?: number;
}

export interface Facts {
  url: string;
  lookup?: LookupFacts;
  tcp?: readonly AddressFacts[];
  tls?: TlsFacts;
  upgrade?: UpgradeFacts;
  plain?: PlainFacts;
  compression?: CompressionFacts;
  ping?: RoundTripFacts;
  /** The pieces in which the pongs came, and how many were cut where no sender cuts. */
  pieces?: { readonly count: number; readonly torn: number };
  echo?: RoundTripFacts;
  close?: CloseFacts;
  /** The rule of the protocol that the server broke. */
  violation?: string;
  line?: LineFacts;
  idle?: IdleFacts;
  maxMessage?: MessageSizeFacts;
  /** Whoever looked on, or the time for everything, ended it early. */
  interrupted?: boolean;
}
