// What the two applications in the zoo say to each other, whichever library carries it: numbers, each way, at a steady pace, with
// a silence in the middle if the plan has one. Counts at the receiving end what came, came twice, came late. Knows no network.

export interface Plan {
  /** How many numbers each end sends. 0: the talk is over with the server's greeting. */
  readonly messages: number;
  readonly everyMs: number;
  /** Silence after half of them. Default: none. */
  readonly quietMs?: number | undefined;
}

/** How long the sending takes when nothing goes wrong. */
export function durationMs({ messages, everyMs, quietMs = 0 }: Plan): number {
  return messages * everyMs + quietMs;
}

/** What a server says to each client first. */
export const GREETING = "hello";

/** Calls `send` with 0, 1, 2 … as the plan says. Returns what ends it early. */
export function count(plan: Plan, send: (number: number) => void): () => void {
  const { messages, everyMs, quietMs = 0 } = plan;
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  const step = (): void => {
    send(next++);
    if (next < messages) timer = setTimeout(step, next === Math.ceil(messages / 2) ? everyMs + quietMs : everyMs);
  };
  if (messages > 0) step();
  return () => clearTimeout(timer);
}

/** What an application has received. */
export interface Received {
  readonly distinct: number;
  readonly doubled: number;
  /** Those that came after a higher one. */
  readonly late: number;
}

export class Tally implements Received {
  readonly #seen = new Set<number>();
  #highest = -1;
  doubled = 0;
  late = 0;

  receive(text: string): void {
    const number = Number(text);
    if (this.#seen.has(number)) {
      this.doubled++;
      return;
    }
    this.#seen.add(number);
    if (number < this.#highest) this.late++;
    this.#highest = Math.max(this.#highest, number);
  }

  get distinct(): number {
    return this.#seen.size;
  }
}
