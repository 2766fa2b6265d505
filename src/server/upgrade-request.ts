// The request behind a WebSocket, as hooks see it: what was asked for and by whom, behind a trusted proxy as the proxy
// tells it. Keeps strings, not Node's request object with its socket and parser. Judged elsewhere; read-only.

import { parseUrl } from "../base/url.ts";
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
  const url = parseUrl(text);
  return url === undefined ? undefined : { path: url.pathname, search: url.search };
}

export interface UpgradeFacts<Params> {
  readonly target: RequestTarget;
  readonly host: string;
  readonly secure: boolean;
  readonly origin: string | undefined;
  readonly remoteAddress: string;
  readonly protocols: readonly string[];
  readonly params: Params;
  /** Node's flat list. */
  readonly rawHeaders: readonly string[];
}

/** What differs when the same client asks for something else, or shows another token. */
export interface UpgradeChanges<Params> {
  readonly target?: RequestTarget;
  readonly protocols?: readonly string[];
  readonly params?: Params;
  /** Shown as `Authorization: Bearer`, whatever stood there. */
  readonly token?: string;
}

/** What was asked of a request and is made for it then: most are asked nothing, and are kept as long as their sockets. */
interface Made {
  url: URL | undefined;
  headers: Headers | undefined;
  abort: AbortController | undefined;
  abandoned: Error | undefined;
}

// No header value contains one: it would have ended the line.
const separator = "\n";

/** The request that opened a socket, as hooks and `authenticate` see it; a channel's has the headers of its session. */
export class UpgradeRequest<Params = PathParams<string>> {
  /** What the request asks for, for logs. */
  readonly target: RequestTarget;
  /** What the pattern of the route named. */
  readonly params: Params;
  /** The subprotocols the client offers, in its order. */
  readonly protocols: readonly string[];
  /** The page's origin; undefined when no browser is asking. */
  readonly origin: string | undefined;
  /** Name and port the client asked for. */
  readonly host: string;
  /** Whether the client's connection is known to be encrypted. */
  readonly secure: boolean;
  /** The client's address; with `trustProxy` as the proxy says it. */
  readonly remoteAddress: string;
  // One string: a list of them would be the largest thing that an idle connection keeps.
  #headerText: string;
  #made: Made | undefined;

  constructor(facts: UpgradeFacts<Params>) {
    this.target = facts.target;
    this.params = facts.params;
    this.protocols = facts.protocols;
    this.origin = facts.origin;
    this.host = facts.host;
    this.secure = facts.secure;
    this.remoteAddress = facts.remoteAddress;
    this.#headerText = facts.rawHeaders.join(separator);
  }

  /** The whole address, e.g. `ws://localhost:8101/chat/lobby?name=Ada`, as text. May hold secrets in its query. */
  get href(): string {
    return `${this.secure ? "wss" : "ws"}://${this.host}${this.target.path}${this.target.search}`;
  }

  /** The whole address in its parts. */
  get url(): URL {
    return ((this.#made ??= nothingMade()).url ??= new URL(this.href));
  }

  /** Percent-encoded path, without query: what the route matched. */
  get path(): string {
    return this.target.path;
  }

  /** As they came, those of the handshake included. */
  get headers(): Headers {
    return ((this.#made ??= nothingMade()).headers ??= headersOf(this.rawHeaders));
  }

  /** Aborts when the client goes away, the time for `authenticate` is over, or the server closes, before the answer. */
  get signal(): AbortSignal {
    const made = (this.#made ??= nothingMade());
    if (made.abort === undefined) {
      made.abort = new AbortController();
      if (made.abandoned !== undefined) made.abort.abort(made.abandoned);
    }
    return made.abort.signal;
  }

  /** @internal Node's flat list. */
  get rawHeaders(): string[] {
    return this.#headerText === "" ? [] : this.#headerText.split(separator);
  }

  /** @internal The same client with another request: one of a session's channels, or its next token. */
  derive<Other>(changes: UpgradeChanges<Other>): UpgradeRequest<Other> {
    const { target = this.target, protocols = this.protocols, params = this.params as unknown as Other } = changes;
    const { host, secure, origin, remoteAddress } = this;
    const facts = { target, host, secure, origin, remoteAddress, protocols, params, rawHeaders: [] };
    const other = new UpgradeRequest<Other>(facts);
    other.#headerText =
      changes.token === undefined ? this.#headerText : withBearer(this.rawHeaders, changes.token).join(separator);
    return other;
  }

  /** @internal The answer no longer matters. */
  abandon(reason: Error): void {
    const made = (this.#made ??= nothingMade());
    made.abandoned ??= reason;
    made.abort?.abort(made.abandoned);
  }
}

function nothingMade(): Made {
  return { url: undefined, headers: undefined, abort: undefined, abandoned: undefined };
}

function headersOf(rawHeaders: readonly string[]): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] as string, rawHeaders[at + 1] as string);
  }
  return headers;
}

function withBearer(rawHeaders: readonly string[], token: string): string[] {
  const kept = rawHeaders.filter((_, at) => rawHeaders[at - (at % 2)]?.toLowerCase() !== "authorization");
  return [...kept, "Authorization", `Bearer ${token}`];
}
