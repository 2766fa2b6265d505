// Which of the numbers 1, 2, 3 … have come, for whoever counts them on either side. Order is the network's business: a number that is
// overtaken counts as missing until it comes. Imports nothing, so that the page uses it as well.

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
