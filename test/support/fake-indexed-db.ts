// As much of IndexedDB, and of the browser's locks, as an outbox uses: transactions that are there whole or not at all, requests that
// are answered later, and disks that are full. The real one is in test/browser/.

import type {
  Database,
  Databases,
  Locks,
  OpenRequest,
  Request,
  Table,
  Transaction,
} from "../../src/client/outbox/database.ts";

type Rows = Map<string | number, unknown>;

class FakeRequest<Value> implements Request<Value> {
  error: unknown = null;
  onsuccess: (() => void) | null = null;
  onerror: (() => void) | null = null;
  #result: Value | undefined;

  get result(): Value {
    return this.#result as Value;
  }

  succeed(result: Value): void {
    this.#result = result;
    this.onsuccess?.();
  }
}

export class FakeIndexedDB implements Databases {
  readonly #databases = new Map<string, Map<string, Rows>>();
  /** What the next transactions end with. */
  fault: unknown;
  /** What opening ends with. */
  openFault: unknown;
  openCount = 0;

  /** What a table has. */
  rows(name: string, table: string): unknown[] {
    return [...(this.#databases.get(name)?.get(table)?.values() ?? [])];
  }

  open(name: string): OpenRequest {
    const request = Object.assign(new FakeRequest<Database>(), { onupgradeneeded: null as (() => void) | null });
    queueMicrotask(() => {
      if (this.openFault !== undefined) {
        request.error = this.openFault;
        request.onerror?.();
        return;
      }
      const isNew = !this.#databases.has(name);
      const tables = this.#databases.get(name) ?? new Map<string, Rows>();
      this.#databases.set(name, tables);
      this.openCount += 1;
      const database = this.#database(tables);
      if (isNew) {
        Object.defineProperty(request, "result", { value: database, configurable: true });
        request.onupgradeneeded?.();
      }
      request.succeed(database);
    });
    return request;
  }

  #database(tables: Map<string, Rows>): Database {
    return {
      createObjectStore: (name) => void tables.set(name, new Map()),
      transaction: () => this.#transaction(tables),
      close: () => {
        this.openCount -= 1;
      },
    };
  }

  #transaction(tables: Map<string, Rows>): Transaction {
    // Worked on as copies, which take the place of the tables when all is well.
    const copies = new Map([...tables].map(([name, rows]) => [name, new Map(rows)]));
    const requests: (() => void)[] = [];
    let isAborted = false;
    const transaction: Transaction & { error: unknown } = {
      error: null,
      oncomplete: null,
      onabort: null,
      objectStore: (name) => tableOf(copies.get(name) as Rows, requests),
      abort: () => {
        isAborted = true;
      },
    };
    queueMicrotask(() => {
      for (let next = requests.shift(); next !== undefined && !isAborted; next = requests.shift()) next();
      if (this.fault !== undefined) {
        isAborted = true;
        transaction.error = this.fault;
      }
      if (isAborted) {
        transaction.onabort?.();
        return;
      }
      for (const [name, rows] of copies) tables.set(name, rows);
      transaction.oncomplete?.();
    });
    return transaction;
  }
}

function tableOf(rows: Rows, requests: (() => void)[]): Table {
  const ask = <Value>(answer: () => Value): Request<Value> => {
    const request = new FakeRequest<Value>();
    requests.push(() => request.succeed(answer()));
    return request;
  };
  return {
    get: (key) => ask(() => rows.get(key)),
    getAll: () =>
      ask(
        () => [...rows].toSorted(([one], [other]) => Number(one) - Number(other)).map(([, value]) => value) as unknown,
      ),
    put: (value, key) => void rows.set(key ?? (value as { key: number }).key, value),
    delete: (key) => void rows.delete(key),
  };
}

/** `navigator.locks` of pages that share it. */
export class FakeLocks implements Locks {
  readonly #queues = new Map<string, Promise<void>>();

  async request(
    name: string,
    { signal }: { readonly signal: AbortSignal },
    run: () => Promise<void>,
  ): Promise<unknown> {
    const before = this.#queues.get(name) ?? Promise.resolve();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#queues.set(
      name,
      before.then(() => held),
    );
    const given = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
    try {
      await Promise.race([before, given]);
      await run();
    } finally {
      release();
    }
    return undefined;
  }
}
