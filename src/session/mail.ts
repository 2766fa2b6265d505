// What goes into the bodies of a way made of requests beside DATA: it has no numbers, so what was taken and may not have arrived is
// put back. One packet of each type at most: the newest is what counts. Does not know when a body goes.

export interface CloseTerms {
  readonly code: number;
  readonly reason: string;
}

export class Mail {
  readonly #waiting = new Map<number, Uint8Array>();
  /** What the last body took. */
  #taken: readonly (readonly [type: number, bytes: Uint8Array])[] = [];
  /** The way is to be closed so as soon as what waits was taken. */
  finish: CloseTerms | undefined;

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  keep(type: number, bytes: Uint8Array): void {
    this.#waiting.set(type, bytes);
  }

  /** What waits, for one body. */
  take(): Uint8Array[] {
    this.#taken = [...this.#waiting];
    this.#waiting.clear();
    return this.#taken.map(([, bytes]) => bytes);
  }

  /** What was taken last may not have arrived: what was not said anew since waits again. */
  putBack(): void {
    for (const [type, bytes] of this.#taken) if (!this.#waiting.has(type)) this.#waiting.set(type, bytes);
    this.#taken = [];
  }
}
