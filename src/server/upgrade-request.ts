// The request behind a WebSocket, as hooks see it: what was asked for and by whom, behind a trusted proxy as the proxy
// tells it. Keeps strings, not Node's request object with its socket and parser. Judged elsewhere; read-only.

import type { PathParams } from "./route-pattern.ts";

/** What a request asks for, in the one form in which routes are matched and logs are written. */
export interface RequestTarget {
  /** Percent-encoded, without `.` and `..` segments. */
  readonly path: string;
  /** The query with its "?", or empty. */
  readonly search: string;
}

/** The path and query of a request line; undefined for forms that name no path (`*`, an authority). */
export function parseTarget(requestUrl: string): RequestTarget | undefined {
  // An authority before a path would be taken for a host by the URL parser, so the path is put behind a known one.
  const text = requestUrl.startsWith("/") ? `http://localhost${requestUrl}` : requestUrl;
  if (!requestUrl.startsWith("/") && !/^(https?|wss?):\/\//i.test(text)) return undefined;
  if (!URL.canParse(text)) return undefined;
  const { pathname, search } = new URL(text);
  return { path: pathname, search };
}

export interface UpgradeFacts<Params> {
  readonly target: RequestTarget;
  readonly host: string;
  readonly secure: boolean;
  readonly origin: string | undefined;
  readonly remoteAddress: string;
  readonly protocols: readonly string[];
  readonly params: Params;
  readonly rawHeaders: readonly string[];
}

export class UpgradeRequest<Params = PathParams<string>> {
  readonly #facts: UpgradeFacts<Params>;
  #url: URL | undefined;
  #headers: Headers | undefined;
  #abort: AbortController | undefined;
  #abandoned: Error | undefined;

  constructor(facts: UpgradeFacts<Params>) {
    this.#facts = facts;
  }

  /** The whole address, e.g. `ws://localhost:8101/chat/lobby?name=Ada`, as text. May hold secrets in its query. */
  get href(): string {
    const { secure, host, target } = this.#facts;
    return `${secure ? "wss" : "ws"}://${host}${target.path}${target.search}`;
  }

  /** The whole address in its parts. */
  get url(): URL {
    return (this.#url ??= new URL(this.href));
  }

  /** Percent-encoded path, without query: what the route matched. */
  get path(): string {
    return this.#facts.target.path;
  }

  get params(): Params {
    return this.#facts.params;
  }

  get headers(): Headers {
    if (this.#headers === undefined) {
      this.#headers = new Headers();
      const { rawHeaders } = this.#facts;
      for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
        this.#headers.append(rawHeaders[at] as string, rawHeaders[at + 1] as string);
      }
    }
    return this.#headers;
  }

  /** The subprotocols the client offers, in its order. */
  get protocols(): readonly string[] {
    return this.#facts.protocols;
  }

  /** The page's origin; undefined when no browser is asking. */
  get origin(): string | undefined {
    return this.#facts.origin;
  }

  /** Name and port the client asked for. */
  get host(): string {
    return this.#facts.host;
  }

  /** Whether the client's connection is known to be encrypted. */
  get secure(): boolean {
    return this.#facts.secure;
  }

  get remoteAddress(): string {
    return this.#facts.remoteAddress;
  }

  /** Aborts when the client goes away, the time for `authenticate` is over, or the server closes, before the answer. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#abandoned !== undefined) this.#abort.abort(this.#abandoned);
    }
    return this.#abort.signal;
  }

  /** @internal The answer no longer matters. */
  abandon(reason: Error): void {
    this.#abandoned ??= reason;
    this.#abort?.abort(this.#abandoned);
  }
}
