// `Line`: one connection to a server that stays, and the WebSockets in it (DESIGN §6). Makes its session when the first socket is
// opened, a new one when the old one is gone, and tells what carries it. How it is kept is the connector's.

import { LocalError } from "../base/errors.ts";
import { CLIENT_QUEUED_BYTES } from "../base/limits.ts";
import { toText } from "../base/payload.ts";
import type { TransportKind } from "../session/way.ts";
import { checkProtocols, lineUrl } from "./addresses.ts";
import { Conversation } from "./conversation.ts";
import type { Dial } from "./dial.ts";
import { type CreateDetours, Detours } from "./detours.ts";
import { LADDER } from "./ladder.ts";
import { LineEvent } from "./line-events.ts";
import { LineSocket } from "./line-socket.ts";
import type { Passage, SocketOptions } from "./outbox/passage.ts";
import { createRequests } from "./requests.ts";
import type { Page, SocketSurroundings, Surroundings } from "./surroundings.ts";
import { type TokenProvider, TokenSource } from "./token-source.ts";

/** What a line takes. */
export interface LineOptions {
  /**
   * Who this is: shown to the server's `authenticate` as `Authorization: Bearer …`, at most 8 KiB. A function is asked when the
   * connection is made, after a refusal, and before what it gave lapses; when it fails it is asked again. Default: none.
   */
  readonly token?: TokenProvider | undefined;
  /** How long that function may take, in milliseconds; then it has failed, and is asked again. Default: 30,000. */
  readonly tokenTimeoutMs?: number | undefined;
  /** Which transports may be used. Default: all of "websocket", "stream", "longpoll", "poll". */
  readonly transports?: readonly TransportKind[] | undefined;
  /** The largest message that is taken, in bytes; a larger one closes its socket with 1009. Default: 1 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /**
   * What may wait in all sockets together, sent and not yet acknowledged, in bytes; each message is charged 128 more. Beyond it
   * the next send closes the socket that has more than its part, with 1013. Default: 16 MiB.
   */
  readonly maxQueuedBytes?: number | undefined;
  /** Send cookies to a server of another origin as well, if its `line.credentials` allows it. Default: false. */
  readonly withCookies?: boolean | undefined;
}

const MiB = 1024 * 1024;

/**
 * A line over WebSocket alone; `Line` has every transport. Events: `suspend`, `resume`, `transport`. Throws SyntaxError for a URL
 * that is none, LocalError LW_CLIENT_OPTIONS for options that cannot be used.
 */
export class WebSocketLine extends EventTarget {
  readonly #surroundings: SocketSurroundings;
  readonly #url: URL;
  readonly #options: LineOptions;
  readonly #token: TokenSource;
  readonly #page: Page;
  readonly #detours: Detours | undefined;
  #socketUrl: string;
  #conversation: Conversation | undefined;
  /** Those that the server wants to be left; they live as long as their sockets. */
  readonly #leaving = new Set<Conversation>();
  #isClosed = false;
  #isSuspended = false;
  /** @internal The server was found not to speak Longwire. */
  isForeign = false;

  /** @internal The last two are for tests and for Line. */
  constructor(
    url: string | URL,
    options: LineOptions,
    surroundings: SocketSurroundings,
    createDetours?: CreateDetours,
  ) {
    super();
    this.#surroundings = surroundings;
    this.#url = lineUrl(url, surroundings.baseUrl);
    this.#options = options;
    this.#token = new TokenSource(surroundings.clock, options.token, options.tokenTimeoutMs);
    const transports = checkTransports(options.transports);
    checkBytes("maxMessageBytes", options.maxMessageBytes);
    checkBytes("maxQueuedBytes", options.maxQueuedBytes);
    const { origin, pathname } = this.#url;
    const withCookies = options.withCookies ?? false;
    this.#detours = createDetours?.({ origin, base: `${origin}${pathname}`, transports, withCookies });
    const hasSocket = surroundings.dial !== undefined && transports.includes("websocket");
    if (!hasSocket && (this.#detours?.ladder.usable ?? []).length === 0) {
      throw new LocalError("LW_CLIENT_OPTIONS", "None of the transports that are allowed can be used here.");
    }
    this.#socketUrl = this.#url.href.replace(/^http/, "ws");
    this.#page = surroundings.watch({
      receiveLeft: () => this.#each((conversation) => conversation.connector.leave()),
      receiveReturned: () => this.#hurry(false),
      receiveEnded: () => this.#each((conversation) => conversation.close(1001, "The page is gone.")),
      receiveHidden: (isHidden) => {
        if (!isHidden) this.#hurry(false);
      },
      receiveOnline: (isOnline) => this.#hurry(isOnline),
      receiveNetworkChanged: () => this.#hurry(true),
      receiveWoken: () => this.#hurry(true),
    });
  }

  /**
   * A WebSocket to `path` on this line: its own handshake, subprotocol, close code and flow control. Throws SyntaxError for
   * subprotocols that are none.
   */
  open(path: string, protocols: string | Iterable<string> = [], { outbox }: SocketOptions = {}): LineSocket {
    this.#check();
    const target = new URL(toText(path), this.#url);
    const socket = new LineSocket(target.href.replace(/^http/, "ws"));
    const [names, resource] = [checkProtocols(protocols), `${target.pathname}${target.search}`];
    if (outbox === undefined) this.attach(socket, resource, names);
    else outbox.attach(socket, (passage) => this.attach(socket, resource, names, undefined, passage));
    return socket;
  }

  /** @internal A socket that was made by somebody else. */
  attach(socket: LineSocket, path: string, protocols: readonly string[], dial?: Dial, passage?: Passage): void {
    this.#check();
    const known = this.#conversation;
    const conversation = (this.#conversation ??= this.#begin());
    conversation.open(socket, path, protocols, passage);
    // The first socket's OPEN leaves with the HELLO: over requests that saves one, and a round trip.
    if (known === undefined) conversation.start(dial);
    else dial?.close();
  }

  #check(): void {
    if (this.#isClosed) throw new LocalError("LW_CLIENT_CLOSED", "This line was closed; make another one.");
  }

  /** @internal WebSockets are dialled here from now on: this address was seen to work. */
  set socketUrl(url: string) {
    this.#socketUrl = url;
  }

  /** @internal A WebSocket was just seen not to get through. */
  receiveBlocked(): void {
    this.#detours?.ladder.receiveBlocked();
  }

  /** What carries the session now; undefined while nothing does. */
  get transport(): TransportKind | undefined {
    return this.#conversation?.connector.kind;
  }

  /** Closes its sockets, with 1000 at both ends, and lets go of everything. Calling it again does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#each((conversation) => conversation.close(1000, "The line was closed."));
    this.#page.close();
  }

  #begin(): Conversation {
    return new Conversation({
      surroundings: this.#surroundings,
      page: this.#page,
      socketUrl: this.#socketUrl,
      detours: this.#detours,
      token: this.#token,
      maxMessageBytes: this.#options.maxMessageBytes ?? MiB,
      maxQueuedBytes: this.#options.maxQueuedBytes ?? CLIENT_QUEUED_BYTES,
      owner: {
        receiveAttached: (kind) => this.#receiveAttached(kind),
        receiveDetached: () => this.#receiveDetached(),
        receiveLeaving: (conversation, spreadMs) => this.#leave(conversation, spreadMs),
        receiveGone: (conversation) => {
          this.#forget(conversation);
          if (!this.#isClosed && conversation.isUsed) conversation.moveTo(this.#ensure());
        },
        receiveForeign: (conversation) => {
          this.isForeign = true;
          this.#leaving.add(conversation);
          this.#forget(conversation);
        },
        receiveEnded: (conversation) => {
          this.#leaving.delete(conversation);
          this.#forget(conversation);
        },
      },
    });
  }

  /** The next socket is opened in another one. */
  #forget(conversation: Conversation): void {
    if (this.#conversation === conversation) this.#conversation = undefined;
  }

  /** Whatever is opened from now on is opened elsewhere; what is open and can move does so, not all clients at once. */
  #leave(conversation: Conversation, spreadMs: number): void {
    if (this.#conversation !== conversation) return;
    this.#leaving.add(conversation);
    this.#conversation = undefined;
    if (conversation.isAsking) conversation.moveAskingTo(this.#ensure());
    conversation.leave(this.#surroundings.random.fraction() * spreadMs, () => conversation.moveTo(this.#ensure()));
  }

  /** The session for what is moved now. */
  #ensure(): Conversation {
    if (this.#conversation === undefined) {
      this.#conversation = this.#begin();
      this.#conversation.start();
    }
    return this.#conversation;
  }

  #receiveAttached(kind: TransportKind): void {
    this.isForeign = false;
    this.dispatchEvent(new LineEvent("transport", kind));
    if (!this.#isSuspended) return;
    this.#isSuspended = false;
    this.dispatchEvent(new LineEvent("resume", kind));
  }

  #receiveDetached(): void {
    this.#isSuspended = true;
    this.dispatchEvent(new LineEvent("suspend", undefined));
  }

  #hurry(isElsewhere: boolean): void {
    this.#each((conversation) => conversation.connector.hurry(isElsewhere));
  }

  #each(act: (conversation: Conversation) => void): void {
    for (const conversation of [...this.#leaving, this.#conversation])
      if (conversation !== undefined) act(conversation);
  }
}

/** A line with every transport. */
export class Line extends WebSocketLine {
  /** @internal `surroundings` is for tests. */
  constructor(url: string | URL, options: LineOptions, surroundings: Surroundings) {
    super(url, options, surroundings, (terms) => new Detours(terms, surroundings, createRequests));
  }
}

function checkTransports(transports: readonly TransportKind[] = LADDER): readonly TransportKind[] {
  for (const kind of transports) {
    if (LADDER.includes(kind)) continue;
    throw new LocalError(
      "LW_CLIENT_OPTIONS",
      `transports names ${JSON.stringify(kind)}; expected ${LADDER.join(", ")}.`,
    );
  }
  return transports;
}

function checkBytes(name: string, value: number | undefined): void {
  if (value === undefined || (typeof value === "number" && value >= 0)) return;
  throw new LocalError("LW_CLIENT_OPTIONS", `${name} is ${String(value)}; expected a number of bytes.`);
}
