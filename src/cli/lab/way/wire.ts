// What the page of “The way here” and its half on the server say to each other.

// --- the calls below: GET calls ---

export type CallName =
  | "socket"
  | "bind"
  | "listen"
  | "connect"
  | "accept"
  | "connected"
  | "write"
  | "read"
  | "close"
  | "end";

/** One socket call of the server that is dialled or of the client that dials. */
export interface SocketCall {
  readonly side: "server" | "client";
  readonly call: CallName;
  /** An address, or how many bytes. */
  readonly detail: string;
  /** Since the first call, ms. */
  readonly atMs: number;
}

// --- nobody remembers: GET visit ---

/** A request as it came: its first line, then its headers, as they were written. */
export interface Visit {
  readonly lines: readonly string[];
  /** The same bytes, line ends included. */
  readonly bytes: number;
  /** Which of `lines` the page had said in its visit before, word for word. */
  readonly repeated: readonly boolean[];
  readonly repeatedBytes: number;
}

// --- six things from one server: GET run?kind= ---

export type RunKind = "http10" | "keepalive" | "ignored" | "pipelined";

export const runKinds: readonly RunKind[] = ["http10", "keepalive", "ignored", "pipelined"];

/** The slow one, counted from 0, and how long the server takes for it and for the others. */
export const runPlan = { count: 6, slow: 1, slowMs: 400, quickMs: 20 } as const;

export interface RunRequest {
  /** From 1, in the order in which the connections were made. */
  readonly connection: number;
  /** All since the run began, ms. */
  readonly sentAt: number;
  /** The server has the answer. */
  readonly readyAt: number;
  /** The client has all of it. */
  readonly doneAt: number;
}

export interface Run {
  readonly kind: RunKind;
  readonly requests: readonly RunRequest[];
  /** Counted where they are accepted. */
  readonly connections: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

// --- three answers ---

/** POST say, and the socket `say`: so often the same text, and what it took. */
export const sayPlan = { count: 20, text: "The price is 100.00." } as const;

/** GET said (over HTTP so far), and on the control socket when the socket `say` has heard all. */
export interface Said {
  readonly type: "said";
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** On the socket `talk`, from the page. */
export type TalkRequest =
  /** A question, and how long the server takes for the answer. */
  | { readonly type: "ask"; readonly name: string; readonly takesMs: number }
  /** Something shall happen on the server after so long. The socket is told; over HTTP, GET news tells whoever asks. */
  | { readonly type: "arrange"; readonly inMs: number };

/** On the socket `talk`, from the server. */
export type TalkAnswer =
  | { readonly type: "answer"; readonly name: string }
  /** `at`: the server's clock when it happened. */
  | { readonly type: "happened"; readonly at: number };

/** GET news. */
export interface News {
  readonly happenedAt: number | undefined;
}

/** No answer takes longer, and nothing is arranged for later. */
export const longestMs = 5_000;

// --- one direction, by turns, both: the socket `duplex` ---

export type DuplexMode = "simplex" | "half" | "full";

/** Each side makes a message so often; by turns, each side has the word for so long. */
export const duplexPlan = { everyMs: 200, turnMs: 1_000 } as const;

export type DuplexRequest =
  | { readonly type: "mode"; readonly mode: DuplexMode }
  /** From the page; `madeAt` by its own clock. */
  | { readonly type: "up"; readonly n: number; readonly madeAt: number };

export type DuplexAnswer =
  /** `madeAt` by the server's clock. */
  | { readonly type: "down"; readonly n: number; readonly madeAt: number }
  /** The page's message `n` was here at `at`, the server's clock. Said on the control socket, so that it disturbs nothing. */
  | { readonly type: "heard"; readonly n: number; readonly madeAt: number; readonly at: number };

/** Whose turn it is, by the server's clock. */
export function hasServerTurn(now: number): boolean {
  return Math.floor(now / duplexPlan.turnMs) % 2 === 0;
}
