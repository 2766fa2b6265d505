// Where the messages of an outbox are kept: IndexedDB in pages, a file elsewhere. The contract of both; interfaces only.

/** What is known of the outbox besides its messages. */
export interface OutboxState {
  /** Random, made once. */
  readonly id: Uint8Array;
  /** The name of the server's memory in which the numbers are known; zeros before the first. */
  readonly window: Uint8Array;
  /** The number of the next message that gets one. */
  readonly next: number;
}

export interface StoredMessage {
  /** Its place in the order of sending; larger than that of every message before it. */
  readonly key: number;
  /** What the server counts it as, 0 while it cannot have been sent. Those with numbers come first and have no holes. */
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly isText: boolean;
}

/** What becomes true at once or, if it fails or the machine stops, not at all. */
export interface StoreChanges {
  readonly state: OutboxState;
  readonly appended: readonly StoredMessage[];
  /** Kept before; their number is another one now. */
  readonly renumbered: readonly StoredMessage[];
  readonly removedKeys: readonly number[];
}

/** What a store has. */
export interface OutboxContent {
  /** Undefined: the outbox is new. */
  readonly state: OutboxState | undefined;
  /** In the order of their keys. */
  readonly messages: readonly StoredMessage[];
}

export interface OutboxStore {
  /**
   * Takes the store for this outbox alone and reads it. Rejects with LocalError
   * LW_OUTBOX_LOCKED, LW_OUTBOX_CORRUPT, LW_OUTBOX_STORE; then it is not taken. May be called again after `close`.
   */
  open(): Promise<OutboxContent>;
  /** Resolves when the changes are durable. Not called again before it has. After it has rejected only `close` is called. */
  write(changes: StoreChanges): Promise<void>;
  /** Lets go of it, if it was taken. Does not reject. */
  close(): Promise<void>;
}
