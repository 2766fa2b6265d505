// A browser's global object that does what the test says: events, storage, locks shared between tabs. Only what
// src/client/page looks at.
import type { Globals, LockKeeper, TextStore } from "../../src/client/page/globals.ts";

type Listener = (event: object) => void;

/** Fires what it is told, and counts who listens. */
export class FakeTarget {
  readonly #listeners = new Map<string, Set<Listener>>();

  readonly addEventListener = (type: string, listener: Listener): void => {
    const all = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, all.add(listener));
  };

  readonly removeEventListener = (type: string, listener: Listener): void => {
    this.#listeners.get(type)?.delete(listener);
  };

  get listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, all) => sum + all.size, 0);
  }

  fire(type: string, fields: object = {}): void {
    for (const listener of new Set(this.#listeners.get(type))) listener({ type, ...fields });
  }
}

export class FakeDocument extends FakeTarget {
  visibilityState = "visible";

  show(state: "visible" | "hidden"): void {
    this.visibilityState = state;
    this.fire("visibilitychange");
  }
}

export class FakeConnection extends FakeTarget {
  type: string | undefined;

  change(type: string | undefined): void {
    this.type = type;
    this.fire("change");
  }
}

/** The locks of one origin; give the same object to several tabs. */
export class FakeLocks implements LockKeeper {
  readonly held = new Set<string>();

  async request(
    name: string,
    _options: { readonly ifAvailable: true },
    run: (lock: unknown) => unknown,
  ): Promise<unknown> {
    await Promise.resolve();
    if (this.held.has(name)) return run(null);
    this.held.add(name);
    try {
      return await run({ name });
    } finally {
      this.held.delete(name);
    }
  }
}

export class FakeStore implements TextStore {
  readonly texts = new Map<string, string>();

  getItem(key: string): string | null {
    return this.texts.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.texts.set(key, value);
  }

  removeItem(key: string): void {
    this.texts.delete(key);
  }
}

export interface FakePage {
  readonly globals: Globals;
  readonly window: FakeTarget;
  readonly document: FakeDocument;
  readonly connection: FakeConnection;
  readonly navigator: { onLine: boolean };
}

/** A page of a browser that has everything. */
export function fakePage(locks: LockKeeper = new FakeLocks()): FakePage {
  const window = new FakeTarget();
  const document = new FakeDocument();
  const connection = new FakeConnection();
  const navigator = { onLine: true, connection, locks };
  const globals = Object.assign(window, {
    document,
    navigator,
    sessionStorage: new FakeStore(),
    localStorage: new FakeStore(),
  });
  return { globals: globals as unknown as Globals, window, document, connection, navigator };
}

/** Globals where looking at anything throws, as some getters do in a sandboxed frame. */
export function forbiddenGlobals(): Globals {
  return new Proxy(
    {},
    {
      get() {
        throw new Error("SecurityError");
      },
    },
  );
}
