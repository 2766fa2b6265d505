// How fast counters grow: what stands in two snapshots, divided by the time between them. Remembers the last one.

interface Sample {
  readonly at: number;
  readonly values: Readonly<Record<string, number>>;
}

export class Rates {
  #before = new Map<string, Sample>();
  #now = new Map<string, Sample>();

  /** A new snapshot begins: what is not noted in it is forgotten. */
  begin(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }

  /** Per second, since the last snapshot; 0 for what is new. */
  note(id: string, at: number, values: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
    this.#now.set(id, { at, values });
    const before = this.#before.get(id);
    const seconds = before === undefined ? 0 : (at - before.at) / 1000;
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const grown = value - (before?.values[name] ?? value);
        return [name, seconds > 0 ? Math.max(0, grown / seconds) : 0];
      }),
    );
  }
}
