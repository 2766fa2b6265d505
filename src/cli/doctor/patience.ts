// How long the examination waits: for each step its own time, for all of it one, and no longer than whoever looks on wants
// to. Every wait of the doctor goes through here, so that none is without an end.

/** Somebody pressed Ctrl-C, or the time for everything is over. */
export class Interrupted extends Error {
  override readonly name: string = "Interrupted";
}

export class Patience {
  /** What a step has, in milliseconds. */
  readonly stepMs: number;
  readonly signal: AbortSignal;
  readonly #held = new Set<{ close(): void }>();

  constructor(stepMs: number, signal: AbortSignal) {
    this.stepMs = stepMs;
    this.signal = signal;
  }

  /** What holds the process, whatever becomes of the examination: `closeAll` lets go of it. */
  hold(connection: { close(): void }): void {
    this.#held.add(connection);
  }

  closeAll(): void {
    for (const connection of this.#held) connection.close();
    this.#held.clear();
  }

  /** What `promise` gives, or undefined when that takes longer than `ms`. Throws Interrupted when all of it is to end. */
  async within<Value>(promise: Promise<Value>, ms: number = this.stepMs): Promise<Value | undefined> {
    if (this.signal.aborted) throw new Interrupted();
    let timer: NodeJS.Timeout | undefined;
    let stop = (): void => {};
    const late = new Promise<undefined>((resolve, reject) => {
      timer = setTimeout(resolve, ms, undefined);
      stop = () => reject(new Interrupted());
      this.signal.addEventListener("abort", stop, { once: true });
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
      this.signal.removeEventListener("abort", stop);
    }
  }

  /** Waits until `holds` does, asked whenever `changed` resolves; whether it came to that in time. */
  async until(holds: () => boolean, changed: () => Promise<void>, ms: number = this.stepMs): Promise<boolean> {
    const endsAt = performance.now() + ms;
    while (!holds()) {
      const leftMs = endsAt - performance.now();
      if (leftMs <= 0) return false;
      await this.within(changed(), leftMs);
    }
    return true;
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    await this.within(new Promise<never>(() => {}), ms);
  }
}
