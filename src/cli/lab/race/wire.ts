// What the race's page and its half on the server say to each other: the settings, the reports, the messages of the feed.

/** Ajax polling, long polling, HTTP streaming, WebSocket. */
export type Way = "poll" | "longpoll" | "stream" | "socket";

export const ways: readonly Way[] = ["poll", "longpoll", "stream", "socket"];

/** What can be set, and to what. The server takes nothing else. */
export const choices = {
  /** Messages per second. */
  rate: [1, 2, 5, 10, 20, 50],
  /** Bytes of one message. */
  bytes: [96, 256, 1_024, 4_096],
  /** How often a polling client asks, in ms. Of the page and of the crowd alike. */
  pollMs: [100, 250, 500, 1_000, 2_000, 5_000],
  /** Simulated clients of each way. */
  clients: [0, 10, 100, 1_000, 2_000, 5_000, 10_000],
} as const;

export interface RaceSettings {
  readonly rate: number;
  readonly bytes: number;
  readonly pollMs: number;
  readonly clients: number;
}

/** From the page, on the control socket. */
export type RaceRequest =
  /** Runs the feed, or changes it while it runs. */
  | { readonly type: "run"; readonly settings: RaceSettings }
  /** No more messages; what is open stays. */
  | { readonly type: "pause" }
  /** Counts from zero again. */
  | { readonly type: "reset" }
  /** The race is over: everything goes. */
  | { readonly type: "end" };

/** Counted at the server's sockets. */
export interface WayCounts {
  readonly requests: number;
  /** From the page, request heads included. */
  readonly bytesUp: number;
  /** To the page, response heads included. */
  readonly bytesDown: number;
  /** TCP connections that this way used last and that are open now. */
  readonly connections: number;
}

export interface CrowdCounts {
  /** How many are there; fewer than asked for while they are made. */
  readonly clients: number;
  /** Processor time of the thread, as a share of one core; undefined where the system does not tell. */
  readonly cpu: number | undefined;
  /** How much of the time the thread had something to do, waiting for a processor included: at 1 it cannot keep up. */
  readonly busy: number;
  readonly requestsPerSecond: number;
  readonly messagesPerSecond: number;
  /** Up and down. */
  readonly bytesPerSecond: number;
}

/** To the page, once a second while the race is there. */
export interface RaceReport {
  readonly type: "report";
  /** Which reset these counts are counted from: 0, 1, 2… */
  readonly era: number;
  readonly counts: Readonly<Record<Way, WayCounts>>;
  /** Undefined without a crowd. "busy": another page has it. "failed": it ended by itself. */
  readonly crowd: Readonly<Record<Way, CrowdCounts>> | "busy" | "failed" | undefined;
  /** Processor cores of this machine, for everything on it. */
  readonly cores: number;
}

/** A message of the feed as it travels: JSON of exactly `bytes` bytes, the same on every way. */
export interface FeedMessage {
  readonly n: number;
  /** The server's clock when it was made, ms. */
  readonly at: number;
  readonly price: string;
}

/** Undefined for what is none. Settings outside the choices are none. */
export function parseRaceRequest(value: unknown): RaceRequest | undefined {
  if (typeof value !== "object" || value === null || !("type" in value)) return undefined;
  const { type } = value;
  if (type === "pause" || type === "reset" || type === "end") return { type };
  if (type !== "run" || !("settings" in value)) return undefined;
  const { settings } = value;
  if (typeof settings !== "object" || settings === null) return undefined;
  const given = settings as Readonly<Record<string, unknown>>;
  const chosen = (name: keyof typeof choices): number | undefined =>
    choices[name].find((choice: number) => choice === given[name]);
  const [rate, bytes, pollMs, clients] = [chosen("rate"), chosen("bytes"), chosen("pollMs"), chosen("clients")];
  if (rate === undefined || bytes === undefined || pollMs === undefined || clients === undefined) return undefined;
  return { type, settings: { rate, bytes, pollMs, clients } };
}
