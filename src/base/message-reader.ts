// `for await (const data of socket)`: one reader over the messages of a surface. The next message is held back at the
// carrier until this one was asked for, so a slow loop slows the peer down instead of filling memory. Knows nothing of
// carriers: the surface offers and ends. Leaving the loop lets go of the messages, not of the socket.

interface Waiter<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(reason: unknown): void;
}

/** All the readers of one surface. */
export class MessageReaders<T> {
  readonly #readers = new Set<MessageReader<T>>();

  get size(): number {
    return this.#readers.size;
  }

  open(): MessageReader<T> {
    const reader = new MessageReader<T>((left) => this.#readers.delete(left));
    this.#readers.add(reader);
    return reader;
  }

  /** One message to each; the promise settles when all of them ask for the next one. */
  offer(item: T): Promise<unknown> | undefined {
    const holds: Promise<void>[] = [];
    for (const reader of this.#readers) {
      const hold = reader.offer(item);
      if (hold !== undefined) holds.push(hold);
    }
    return holds.length === 0 ? undefined : Promise.all(holds);
  }

  release(): void {
    for (const reader of this.#readers) reader.release();
  }

  end(cause: Error | undefined): void {
    for (const reader of this.#readers) reader.end(cause);
    this.#readers.clear();
  }
}

export class MessageReader<T> implements AsyncIterableIterator<T, undefined, undefined> {
  readonly #items: T[] = [];
  readonly #waiting: Waiter<T>[] = [];
  readonly #leave: (reader: MessageReader<T>) => void;
  #hold: Promise<void> | undefined;
  #release: (() => void) | undefined;
  #ended = false;
  #cause: Error | undefined;

  /** `leave` is called when the loop ends before the socket does. */
  constructor(leave: (reader: MessageReader<T>) => void) {
    this.#leave = leave;
  }

  // --- inward ---

  /** One message. The promise settles when the loop asks for the next one. */
  offer(item: T): Promise<void> | undefined {
    const waiter = this.#waiting.shift();
    if (waiter !== undefined) waiter.resolve({ value: item, done: false });
    else this.#items.push(item);
    if (this.#waiting.length > 0) return undefined;
    this.#hold ??= new Promise((resolve) => {
      this.#release = resolve;
    });
    return this.#hold;
  }

  /** Nothing is delivered any more (the socket is closing), so nothing is held back for this reader's sake. */
  release(): void {
    this.#release?.();
    this.#hold = undefined;
  }

  /** The socket has closed. What was offered before is still read; then the loop ends, or throws `cause` once. */
  end(cause: Error | undefined): void {
    this.#ended = true;
    this.#cause = cause;
    this.release();
    for (const waiter of this.#waiting.splice(0)) this.#settleEnded(waiter);
  }

  // --- outward ---

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      if (this.#items.length > 0) {
        resolve({ value: this.#items.shift() as T, done: false });
      } else if (this.#ended) {
        this.#settleEnded({ resolve, reject });
      } else {
        this.#waiting.push({ resolve, reject });
        this.release();
      }
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#items.length = 0;
    this.#leave(this);
    this.end(undefined);
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #settleEnded(waiter: Waiter<T>): void {
    const cause = this.#cause;
    this.#cause = undefined;
    if (cause === undefined) waiter.resolve({ value: undefined, done: true });
    else waiter.reject(cause);
  }
}
