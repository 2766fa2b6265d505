// Every limit of the engine and the server in one table: default, `public` preset, unit, what happens at it and why.
// RELIABILITY §5.2. The reference page docs/reference/limits.md is written from this table. 0 means "no limit" only where
// the row says so. Enforces nothing itself. The table is marked pure: a
// bundle that needs none of it, such as a browser's, leaves it out.

import { LocalError } from "./errors.ts";

/** Every bound of a connection or a server, in the unit that its name says. docs/reference/limits.md says why each is what it is. */
export interface Limits {
  /** Default: 1 MiB; public: 64 KiB. At it: close 1009 at the frame header that crosses it. */
  maxMessageBytes: number;
  /** Default: 65,537; public: 1,024. At it: close 1008. */
  maxFragments: number;
  /** Default: 60 s; public: 15 s. At it: close 1008. */
  messageTimeoutMs: number;
  /** Default: 0; public: 100 per second. At it: close 1008; 0: no limit. */
  controlFramesPerSecond: number;
  /** Default: 0; public: 500. At it: see controlFramesPerSecond. */
  controlFrameBurst: number;
  /** Default: 0; public: 100 per second. At it: reading pauses 1 s, then close 1013; 0: no limit. */
  messagesPerSecond: number;
  /** Default: 0; public: 200. At it: see messagesPerSecond. */
  messageBurst: number;
  /** Default: 16. At it: reading pauses. */
  pendingMessages: number;
  /** Default: 256 KiB; public: 64 KiB. At it: reading pauses. */
  pendingMessageBytes: number;
  /** Default: 1,024. At it: the rest waits for the next turn of the event loop. */
  framesPerTurn: number;
  /** Default: 1 MiB, of clients 16 MiB; public: 256 KiB. At it: slow-consumer policy: close 1013. */
  maxQueuedBytes: number;
  /** Default: 64 KiB. At it: later bytes wait in the writer. */
  socketBufferBytes: number;
  /** Default: 5 s; public: 3 s. At it: slow-consumer policy: close 1013. */
  slowConsumerTimeoutMs: number;
  /** Default: 512 MiB. At it: 80 %: the largest stop being read; 95 %: new ones get 503, the largest close 1013. */
  memoryBudgetBytes: number;
  /** Default: 10 s; public: 5 s. At it: 408 and close. */
  handshakeTimeoutMs: number;
  /** Default: 10 s; public: 5 s. At it: 503 and close. */
  authenticateTimeoutMs: number;
  /** Default: 16 KiB; public: 8 KiB. At it: 431 and close. */
  maxHeaderBytes: number;
  /** Default: 100; public: 64. At it: 431 and close. */
  maxHeaders: number;
  /** Default: 32; public: 16. At it: 400 and close. */
  maxProtocols: number;
  /** Default: 16; public: 8. At it: 400 and close. */
  maxExtensionOffers: number;
  /** Default: 64 KiB. At it: reading pauses. */
  handshakeBufferBytes: number;
  /** Default: 20 s. At it: a ping is sent, ± 10 %; 0: never. */
  pingIntervalMs: number;
  /** Default: 15 s. At it: the transport is dropped: 1006. */
  pongTimeoutMs: number;
  /** Default: 5 s. At it: the transport is dropped. */
  closeTimeoutMs: number;
  /** Default: 1 MiB. At it: the transport is dropped. */
  discardBytes: number;
  /** Default: 0; public: 50,000. At it: 503 with Retry-After; 0: no limit. */
  maxConnections: number;
  /** Default: 0; public: 100. At it: 429 with Retry-After; 0: no limit. */
  maxConnectionsPerAddress: number;
  /** Default: 0; public: 20 per second. At it: 429 with Retry-After; 0: no limit. */
  connectsPerSecondPerAddress: number;
  /** Default: 0; public: 100. At it: see connectsPerSecondPerAddress. */
  connectBurstPerAddress: number;
  /** Default: 10,000; public: 128. At it: subscribe() throws LW_SERVER_TOPIC_LIMIT. */
  maxTopicsPerSocket: number;
  /** Default: 255 B. At it: subscribe() and publish() throw LW_HUB_TOPIC_NAME. */
  maxTopicBytes: number;
  /** Default: 10 s. At it: closes 1012 are spread over it. */
  drainSpreadMs: number;
  /** Default: 15 s. At it: what is left is dropped. */
  drainTimeoutMs: number;
}

/** The name of one limit. */
export type LimitName = keyof Limits;

/** One limit: its values, its unit, what happens at it and why it is there. */
export interface LimitRow {
  readonly default: number;
  readonly public: number;
  /** The default of clients, where it is another one. */
  readonly client: number | undefined;
  readonly unit: "bytes" | "ms" | "count" | "per second";
  /** The smallest value with which anything still moves. */
  readonly least: number;
  /** What happens when it is reached. */
  readonly breach: string;
  readonly reason: string;
}

const KiB = 1024;
const MiB = 1024 * KiB;

/** What may wait in a client by default: an application may say much in one go, as it may with a browser's WebSocket. */
export const CLIENT_QUEUED_BYTES: number = 16 * MiB;

const row = (
  ordinary: number,
  open: number,
  unit: LimitRow["unit"],
  breach: string,
  reason: string,
  least = 0,
  client?: number,
): LimitRow => ({
  default: ordinary,
  public: open,
  client,
  unit,
  least,
  breach,
  reason,
});

/** The table itself. The order is the order of the reference page. */
export const limitTable: Readonly<Record<LimitName, LimitRow>> = /* @__PURE__ */ (() => ({
  maxMessageBytes: row(
    MiB,
    64 * KiB,
    "bytes",
    "close 1009 at the frame header that crosses it",
    "a larger default is an attack surface",
  ),
  maxFragments: row(
    65_537,
    1_024,
    "count",
    "close 1008",
    "fragments are coalesced, so the count guards CPU, not memory; the reference suite's finest message has 65,537",
  ),
  messageTimeoutMs: row(
    60_000,
    15_000,
    "ms",
    "close 1008",
    "from a message's first byte to its last: an unfinished message may not wait for ever",
  ),
  controlFramesPerSecond: row(
    0,
    100,
    "per second",
    "close 1008; 0: no limit",
    "cost is bounded without it: pongs are coalesced",
  ),
  controlFrameBurst: row(0, 500, "count", "see controlFramesPerSecond", "a burst after a stall is no flood"),
  messagesPerSecond: row(
    0,
    100,
    "per second",
    "reading pauses 1 s, then close 1013; 0: no limit",
    "an application's own pace",
  ),
  messageBurst: row(0, 200, "count", "see messagesPerSecond", "a burst after a stall is no flood"),
  pendingMessages: row(16, 16, "count", "reading pauses", "messages decoded ahead of an asynchronous handler"),
  pendingMessageBytes: row(
    256 * KiB,
    64 * KiB,
    "bytes",
    "reading pauses",
    "the same in bytes, each message charged 128 more",
  ),
  framesPerTurn: row(
    1_024,
    1_024,
    "count",
    "the rest waits for the next turn of the event loop",
    "one connection may not hold the loop, nor fifty of them for longer than others notice",
    1,
  ),
  maxQueuedBytes: row(
    MiB,
    256 * KiB,
    "bytes",
    "slow-consumer policy: close 1013",
    "beyond the message being sent; judged before a send; replies pause reading instead; a client's memory is its own",
    0,
    CLIENT_QUEUED_BYTES,
  ),
  socketBufferBytes: row(
    64 * KiB,
    64 * KiB,
    "bytes",
    "later bytes wait in the writer",
    "bytes handed to the socket can no longer be dropped or joined",
    1,
  ),
  slowConsumerTimeoutMs: row(
    5_000,
    3_000,
    "ms",
    "slow-consumer policy: close 1013",
    "no byte accepted by the peer while bytes wait",
  ),
  memoryBudgetBytes: row(
    512 * MiB,
    512 * MiB,
    "bytes",
    "80 %: the largest stop being read; 95 %: new ones get 503, the largest close 1013",
    "all buffers of all connections; never above a quarter of the heap limit",
  ),
  handshakeTimeoutMs: row(
    10_000,
    5_000,
    "ms",
    "408 and close",
    "from accept to the end of the request head, not reset by bytes",
  ),
  authenticateTimeoutMs: row(10_000, 5_000, "ms", "503 and close", "a hook that never settles must not hold a socket"),
  maxHeaderBytes: row(16 * KiB, 8 * KiB, "bytes", "431 and close", "Node's own default"),
  maxHeaders: row(100, 64, "count", "431 and close", "beyond it Node drops headers silently"),
  maxProtocols: row(32, 16, "count", "400 and close", "subprotocols offered in one handshake"),
  maxExtensionOffers: row(16, 8, "count", "400 and close", "extensions offered in one handshake"),
  handshakeBufferBytes: row(
    64 * KiB,
    64 * KiB,
    "bytes",
    "reading pauses",
    "bytes that arrive while authenticate is pending",
  ),
  pingIntervalMs: row(
    20_000,
    20_000,
    "ms",
    "a ping is sent, ± 10 %; 0: never",
    "below the 30 and 60 s at which proxies cut idle connections",
  ),
  pongTimeoutMs: row(15_000, 15_000, "ms", "the transport is dropped: 1006", "nothing at all received since the ping"),
  closeTimeoutMs: row(5_000, 5_000, "ms", "the transport is dropped", "a peer that does not answer a Close"),
  discardBytes: row(
    MiB,
    MiB,
    "bytes",
    "the transport is dropped",
    "bytes read and thrown away after we closed or failed",
  ),
  maxConnections: row(0, 50_000, "count", "503 with Retry-After; 0: no limit", "a deployment knows its own capacity"),
  maxConnectionsPerAddress: row(0, 100, "count", "429 with Retry-After; 0: no limit", "IPv6 addresses count by /64"),
  connectsPerSecondPerAddress: row(
    0,
    20,
    "per second",
    "429 with Retry-After; 0: no limit",
    "a storm from one address",
  ),
  connectBurstPerAddress: row(
    0,
    100,
    "count",
    "see connectsPerSecondPerAddress",
    "an office behind one address comes back at once",
  ),
  maxTopicsPerSocket: row(
    10_000,
    128,
    "count",
    "subscribe() throws LW_SERVER_TOPIC_LIMIT",
    "a loop must not fill the hub",
  ),
  maxTopicBytes: row(
    255,
    255,
    "bytes",
    "subscribe() and publish() throw LW_HUB_TOPIC_NAME",
    "names are kept per subscription",
  ),
  drainSpreadMs: row(
    10_000,
    10_000,
    "ms",
    "closes 1012 are spread over it",
    "all clients at once are a storm elsewhere",
  ),
  drainTimeoutMs: row(
    15_000,
    15_000,
    "ms",
    "what is left is dropped",
    "with the spread ≤ 25 s, inside a 30 s grace period",
  ),
}))();

const limitNames = /* @__PURE__ */ Object.keys(limitTable) as LimitName[];

function preset(column: "default" | "client" | "public"): Limits {
  const valueOf = (row: LimitRow): number => row[column] ?? row.default;
  return Object.fromEntries(limitNames.map((name) => [name, valueOf(limitTable[name])])) as unknown as Limits;
}

/**
 * The limits in force for `choice`: a preset's name, or the defaults with some of them replaced. Throws LocalError
 * LW_LIMITS_INVALID for unknown names and for values that are no finite numbers or below the row's `least`.
 */
export function resolveLimits(choice: "default" | "public" | Partial<Limits> = "default"): Limits {
  return resolve(choice, "default");
}

/** The same for a client, whose defaults are those of its column. */
export function resolveClientLimits(choice: "default" | "public" | Partial<Limits> = "default"): Limits {
  return resolve(choice, "client");
}

function resolve(choice: "default" | "public" | Partial<Limits>, defaults: "default" | "client"): Limits {
  if (choice === "default") return preset(defaults);
  if (choice === "public") return preset("public");
  if (typeof choice !== "object" || choice === null) {
    throw new LocalError(
      "LW_LIMITS_INVALID",
      `limits is ${String(choice)}; expected "default", "public" or an object.`,
    );
  }
  const limits = preset(defaults);
  for (const [name, value] of Object.entries(choice)) {
    if (!Object.hasOwn(limitTable, name)) {
      throw new LocalError("LW_LIMITS_INVALID", `There is no limit "${name}". Known limits: ${limitNames.join(", ")}.`);
    }
    if (value === undefined) continue;
    const { least } = limitTable[name as LimitName];
    if (typeof value !== "number" || !Number.isFinite(value) || value < least) {
      throw new LocalError(
        "LW_LIMITS_INVALID",
        `limits.${name} is ${String(value)}; expected a finite number ≥ ${String(least)}.`,
      );
    }
    limits[name as LimitName] = value;
  }
  return limits;
}

/** What every retained object is charged besides its bytes: measured at 101–119 for a Buffer view. */
export const OBJECT_COST = 128;
