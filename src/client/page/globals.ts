// The global object as this folder sees it: a window, a worker, Node, Bun or Deno, where anything may be missing and a
// getter may throw. Interfaces and one cautious look; nothing is read at import, so importing is safe on a server that
// renders pages.

/** Whatever fires events: a window, a document, `navigator.connection`. */
export interface Listenable {
  addEventListener(type: string, listener: (event: object) => void): void;
  removeEventListener(type: string, listener: (event: object) => void): void;
}

/** `navigator.locks`, as far as it is used. */
export interface LockKeeper {
  request(name: string, options: { readonly ifAvailable: true }, run: (lock: unknown) => unknown): Promise<unknown>;
}

/** `sessionStorage` or `localStorage`, as far as it is used. */
export interface TextStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** What the browser has noted about something it fetched. */
export interface FetchedEntry {
  readonly name: string;
  /** Such as "http/1.1" or "h2"; empty for another origin that does not let it be known. */
  readonly nextHopProtocol?: string;
}

export interface Globals {
  readonly addEventListener?: Listenable["addEventListener"];
  readonly removeEventListener?: Listenable["removeEventListener"];
  readonly document?: Listenable & { readonly visibilityState?: string; readonly baseURI?: string };
  readonly location?: { readonly href?: string };
  readonly performance?: { getEntriesByType?(type: string): Iterable<FetchedEntry> };
  readonly navigator?: {
    readonly onLine?: boolean;
    readonly connection?: Listenable & { readonly type?: string };
    readonly locks?: LockKeeper;
  };
  readonly sessionStorage?: TextStore;
  readonly localStorage?: TextStore;
  readonly fetch?: unknown;
  readonly WebSocket?: unknown;
  readonly Response?: unknown;
  readonly ReadableStream?: unknown;
}

/** A member of `owner`, or undefined when it is not there or may not be looked at: in a sandboxed frame some getters throw. */
export function look<Owner extends object, Name extends keyof Owner>(
  owner: Owner | undefined,
  name: Name,
): Owner[Name] | undefined {
  try {
    return owner?.[name] ?? undefined;
  } catch {
    return undefined;
  }
}

/** The global object, wherever this runs. */
export function globals(): Globals {
  return globalThis;
}
