// The store of an outbox in IndexedDB, one database for each. Everything that becomes true at once is one transaction. One page at
// a time has it: the browser's locks see to that, and where there are none whoever came last; each write looks who it is.

import { LocalError } from "../../base/errors.ts";
import { completed, type Database, findDatabases, findLocks, openDatabase, type Transaction } from "./database.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import type { OutboxContent, OutboxState, OutboxStore, StoreChanges, StoredMessage } from "./store.ts";

/** What indexedDBOutbox() takes. */
export interface IndexedDBOutboxOptions extends OutboxOptions {
  /** How long to wait for another page that has the outbox, such as this one before it was loaded anew, in ms. Default: 3,000. */
  readonly waitMs?: number | undefined;
}

/** An outbox of this origin, by its name, for one page at a time. Opened when the first socket is. */
export function indexedDBOutbox(name: string, options: IndexedDBOutboxOptions = {}): Outbox {
  return new Outbox(new IndexedDBStore(`longwire-outbox:${name}`, options.waitMs ?? 3_000), options);
}

const MESSAGES = "messages";
const STATE = "state";
const KEY = "outbox";

interface StateRecord extends OutboxState {
  /** Who has it. */
  readonly holder: string;
}

export class IndexedDBStore implements OutboxStore {
  readonly #name: string;
  readonly #waitMs: number;
  #database: Database | undefined;
  #releaseLock: (() => void) | undefined;
  #holder = "";

  constructor(name: string, waitMs: number) {
    this.#name = name;
    this.#waitMs = waitMs;
  }

  async open(): Promise<OutboxContent> {
    findDatabases();
    await this.#takeLock();
    const random = crypto.getRandomValues(new Uint32Array(4));
    this.#holder = random.join("-");
    this.#database = await openDatabase(this.#name, (database) => {
      database.createObjectStore(MESSAGES, { keyPath: "key" });
      database.createObjectStore(STATE);
    });
    const transaction = this.#begin();
    const states = transaction.objectStore(STATE);
    const messages = transaction.objectStore(MESSAGES).getAll();
    const request = states.get(KEY);
    let state: StateRecord | undefined;
    request.onsuccess = () => {
      state = request.result as StateRecord | undefined;
      // From here on nobody else's writes succeed.
      if (state !== undefined) states.put({ ...state, holder: this.#holder }, KEY);
    };
    await completed(transaction);
    return { state, messages: messages.result as StoredMessage[] };
  }

  /** A page that is loaded anew may come before the one that it was has gone. */
  async #takeLock(): Promise<void> {
    const locks = findLocks();
    if (locks === undefined) return;
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), this.#waitMs);
    await new Promise<void>((resolve, reject) => {
      const hold = (): Promise<void> => {
        clearTimeout(timer);
        resolve();
        return new Promise((release) => {
          this.#releaseLock = release;
        });
      };
      locks.request(this.#name, { signal: control.signal }, hold).catch((cause: unknown) => {
        reject(new LocalError("LW_OUTBOX_LOCKED", "Another page has this outbox.", { cause }));
      });
    });
  }

  #begin(): Transaction {
    const database = this.#database;
    if (database === undefined) throw new LocalError("LW_OUTBOX_STORE", "The outbox's database is not open.");
    return database.transaction([MESSAGES, STATE], "readwrite", { durability: "strict" });
  }

  async write({ state, appended, renumbered, removedKeys }: StoreChanges): Promise<void> {
    const transaction = this.#begin();
    const states = transaction.objectStore(STATE);
    const messages = transaction.objectStore(MESSAGES);
    const request = states.get(KEY);
    let isTaken = false;
    request.onsuccess = () => {
      const { holder } = (request.result ?? {}) as Partial<StateRecord>;
      isTaken = holder !== undefined && holder !== this.#holder;
      if (isTaken) {
        transaction.abort();
        return;
      }
      const record: StateRecord = { ...state, holder: this.#holder };
      states.put(record, KEY);
      for (const message of [...appended, ...renumbered]) messages.put(message);
      for (const key of removedKeys) messages.delete(key);
    };
    try {
      await completed(transaction);
    } catch (cause) {
      if (isTaken) throw new LocalError("LW_OUTBOX_LOCKED", "Another page has taken this outbox.", { cause });
      throw cause;
    }
  }

  close(): Promise<void> {
    this.#database?.close();
    this.#database = undefined;
    this.#releaseLock?.();
    this.#releaseLock = undefined;
    return Promise.resolve();
  }
}
