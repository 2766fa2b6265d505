// The store of an outbox on a disk in memory that outlives it, as slow and as unreliable as a test says. What was not written when
// the program died is not there.

import type { Clock } from "../../src/base/clock.ts";
import type {
  OutboxContent,
  OutboxState,
  OutboxStore,
  StoreChanges,
  StoredMessage,
} from "../../src/client/outbox/store.ts";

export class MemoryDisk {
  state: OutboxState | undefined;
  readonly messages = new Map<number, StoredMessage>();

  get texts(): string[] {
    return [...this.messages.values()].map(({ bytes }) => new TextDecoder().decode(bytes));
  }

  get numbers(): number[] {
    return [...this.messages.values()].map(({ number }) => number);
  }
}

export class MemoryStore implements OutboxStore {
  readonly #disk: MemoryDisk;
  readonly #clock: Clock | undefined;
  readonly writes: StoreChanges[] = [];
  /** How long the next write takes. Without a clock it takes a microtask. */
  writeMs: () => number = () => 0;
  fault: Error | undefined;
  isOpen = false;
  isDead = false;

  constructor(disk: MemoryDisk, clock?: Clock) {
    this.#disk = disk;
    this.#clock = clock;
  }

  async open(): Promise<OutboxContent> {
    await this.#wait();
    if (this.fault !== undefined) throw this.fault;
    this.isOpen = true;
    return { state: this.#disk.state, messages: [...this.#disk.messages.values()] };
  }

  async write(changes: StoreChanges): Promise<void> {
    await this.#wait();
    if (this.fault !== undefined) throw this.fault;
    if (this.isDead) return new Promise(() => {});
    this.writes.push(changes);
    const { state, appended, renumbered, removedKeys } = changes;
    this.#disk.state = state;
    for (const message of [...appended, ...renumbered]) this.#disk.messages.set(message.key, message);
    for (const key of removedKeys) this.#disk.messages.delete(key);
    await this.#wait();
    // The machine stopped between the disk and the program.
    if (this.isDead) await new Promise(() => {});
  }

  close(): Promise<void> {
    this.isOpen = false;
    return Promise.resolve();
  }

  #wait(): Promise<void> {
    const clock = this.#clock;
    if (clock === undefined) return Promise.resolve();
    return new Promise((resolve) => void clock.schedule(this.writeMs(), resolve));
  }
}
