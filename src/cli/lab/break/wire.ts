// What the page of the part “The break” and its half on the server say to each other, beside the conversation that is broken; and how both
// count what arrives of it.

/** The same conversation twice. */
export type Side = "plain" | "session";
export const sides: readonly Side[] = ["plain", "session"];

/** What can be set, and to what. */
export const choices = {
  /** Messages per second, each way. */
  rate: [5, 10, 20, 50],
  /** How long everything is on its way, each way, in ms. */
  latencyMs: [0, 50, 100, 250],
} as const;

export interface BreakSettings {
  readonly rate: number;
  readonly latencyMs: number;
}

/** The network as it is until it is said otherwise. */
export interface Network {
  /** Nothing passes, nothing is lost. */
  readonly isHeld: boolean;
  /** Something in between answers each upgrade with 403. */
  readonly isBlocked: boolean;
  /** Something in between takes `Upgrade` out and gives each answer on only when it is complete. */
  readonly isBuffered: boolean;
}

/** What happens once. */
export type Press =
  /** Every connection is reset. */
  | "cut"
  /** Whatever is connected carries nothing more, and nobody is told. */
  | "silence"
  /** The server drains, beside one that takes over. */
  | "restart"
  /** The server is gone without a word; a second later there is another one. */
  | "crash";

export type BreakRequest =
  /** Begins anew: numbers from 1, a network without fault. */
  | {
      readonly type: "begin";
      readonly run: number;
      readonly settings: BreakSettings;
      /** The server says `got …` for each message of the plain side. */
      readonly isAnswered: boolean;
    }
  | { readonly type: "set"; readonly settings: BreakSettings }
  | { readonly type: "network"; readonly network: Network }
  | { readonly type: "press"; readonly what: Press }
  | { readonly type: "end" };

export type ServerPhase = "serving" | "draining" | "down";

export interface SideReport {
  /** By the server, to the page. */
  readonly sent: number;
  /** From the page. */
  readonly up: ArrivalCounts;
  /** Those that came since the last report: how many ms ago, and how. */
  readonly arrivals: readonly (readonly [agoMs: number, kind: ArrivalKind])[];
}

export type BreakAnswer =
  /** Everything is there for run `run`. */
  | { readonly type: "ready"; readonly run: number }
  /** As many pages as may be are at it. */
  | { readonly type: "full" }
  | {
      readonly type: "report";
      readonly run: number;
      readonly phase: ServerPhase;
      /** How many servers there were. */
      readonly generation: number;
      readonly sides: Readonly<Record<Side, SideReport>>;
    };

/** The path of the conversation at the server behind, for run `run`. */
export function talkPath(side: Side, run: number): string {
  return `/talk/${side}/${run}`;
}

/** A message of the conversation, either way: its number, and when it was sent by the server's clock. */
export function writeMessage(number: number, sentAt: number): string {
  return `${number} ${sentAt.toFixed(1)}`;
}

/** Undefined for what is none. */
export function readMessage(text: string): { readonly number: number; readonly sentAt: number } | undefined {
  const [, number, sentAt] = /^(\d{1,9}) (-?\d{1,15}(?:\.\d)?)$/.exec(text) ?? [];
  return number === undefined ? undefined : { number: Number(number), sentAt: Number(sentAt) };
}

/** Undefined for what is none. Settings outside the choices are none. */
export function parseBreakRequest(value: unknown): BreakRequest | undefined {
  if (!isRecord(value)) return undefined;
  const { type, run, what } = value;
  const settings = readSettings(value["settings"]);
  switch (type) {
    case "begin":
      if (!Number.isSafeInteger(run) || settings === undefined) return undefined;
      return { type, run: run as number, settings, isAnswered: value["isAnswered"] === true };
    case "set":
      return settings === undefined ? undefined : { type, settings };
    case "network": {
      const { network } = value;
      if (!isRecord(network)) return undefined;
      const [isHeld, isBlocked, isBuffered] = ["isHeld", "isBlocked", "isBuffered"].map(
        (name) => network[name] === true,
      );
      return {
        type,
        network: { isHeld: isHeld === true, isBlocked: isBlocked === true, isBuffered: isBuffered === true },
      };
    }
    case "press": {
      const known = (["cut", "silence", "restart", "crash"] as const).find((name) => name === what);
      return known === undefined ? undefined : { type, what: known };
    }
    case "end":
      return { type };
    default:
      return undefined;
  }
}

function readSettings(value: unknown): BreakSettings | undefined {
  if (!isRecord(value)) return undefined;
  const rate = choices.rate.find((choice: number) => choice === value["rate"]);
  const latencyMs = choices.latencyMs.find((choice: number) => choice === value["latencyMs"]);
  return rate === undefined || latencyMs === undefined ? undefined : { rate, latencyMs };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

// --- counting ---

export interface ArrivalCounts {
  /** Different numbers. */
  readonly arrived: number;
  /** Below the highest one that came, and not here. */
  readonly lost: number;
  /** Came again. */
  readonly doubled: number;
  /** Came more than `lateMs` after they were sent. */
  readonly late: number;
}

export type ArrivalKind = "timely" | "late" | "doubled";

/** Later than this is late. */
export const lateMs = 1_000;
/** Nobody sends so many while another is on the way. */
const mostAhead = 100_000;

/** Which of the numbers 1, 2, 3 … have come. Order is the network's business: one that is overtaken counts as missing until it comes. */
export class Arrivals {
  readonly #missing = new Set<number>();
  #highest = 0;
  #doubled = 0;
  #late = 0;

  /** `number` has come, `tookMs` after it was sent. Undefined, and not counted, for what cannot be one. */
  receive(number: number, tookMs: number): ArrivalKind | undefined {
    if (!Number.isSafeInteger(number) || number < 1 || number > this.#highest + mostAhead) return undefined;
    if (number <= this.#highest && !this.#missing.delete(number)) {
      this.#doubled++;
      return "doubled";
    }
    for (let skipped = this.#highest + 1; skipped < number; skipped++) this.#missing.add(skipped);
    this.#highest = Math.max(this.#highest, number);
    if (tookMs <= lateMs) return "timely";
    this.#late++;
    return "late";
  }

  get counts(): ArrivalCounts {
    const lost = this.#missing.size;
    return { arrived: this.#highest - lost, lost, doubled: this.#doubled, late: this.#late };
  }
}
