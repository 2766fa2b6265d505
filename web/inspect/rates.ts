// How fast counters grow: what stands in two snapshots, divided by the time between them. Remembers the last ones. A snapshot may be
// shown twice, and one that was asked for may come right behind another: too little time lies between for a rate.

interface Sample {
  readonly at: number;
  readonly values: Readonly<Record<string, number>>;
  /** What they had grown by then. */
  readonly rates: Readonly<Record<string, number>>;
}

/** The least time that a rate is of. */
const leastMs = 500;

export class Rates {
  #before = new Map<string, Sample>();
  #now = new Map<string, Sample>();

  /** A new snapshot begins: what is not noted in it is forgotten. */
  begin(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }

  /** Per second, since a snapshot that is old enough; 0 for what is new. */
  note(id: string, at: number, values: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
    const before = this.#before.get(id);
    const isTooSoon = before !== undefined && at >= before.at && at - before.at < leastMs;
    const sample = isTooSoon ? before : { at, values, rates: grown(before, at, values) };
    this.#now.set(id, sample);
    return sample.rates;
  }

  /** When the rates that were told last were taken. */
  takenAt(id: string): number | undefined {
    return this.#now.get(id)?.at;
  }
}

function grown(
  before: Sample | undefined,
  at: number,
  values: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const seconds = before === undefined ? 0 : (at - before.at) / 1000;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const more = value - (before?.values[name] ?? value);
      return [name, seconds > 0 ? Math.max(0, more / seconds) : 0];
    }),
  );
}
