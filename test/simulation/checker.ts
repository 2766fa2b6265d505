// What must be true whatever happens: the invariants of RELIABILITY §3.3 that concern a session, checked where things are
// delivered and after every event. A breach is thrown with its id; the scenario adds the seed and the end of the trace.

export class Breach extends Error {
  readonly invariant: string;

  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`);
    this.invariant = invariant;
  }
}

export function require(condition: boolean, invariant: string, message: () => string): void {
  if (!condition) throw new Breach(invariant, message());
}

/** Everything that was ever delivered, to notice what comes twice even in two sessions (I-03). */
export class History {
  readonly #delivered = new Set<string>();

  deliver(author: number, counter: number): void {
    const key = `${author}/${counter}`;
    require(!this.#delivered.has(key), "I-03", () => `message ${key} was delivered twice`);
    this.#delivered.add(key);
  }
}
