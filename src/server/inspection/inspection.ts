// `server.inspection`: what there is on a server and what passes, for whoever wants to see it: an inspector, a status page, a
// test. What is asked for is read off the server at that moment; nothing is measured while nobody asks. Everything given out is a
// value without secrets (RELIABILITY V-50). The page that shows it is src/inspector's.

import { Duplex } from "node:stream";
import type { ServerChannel } from "../../channels/server-channel.ts";
import type { SocketRuntime } from "../../socket/runtime.ts";
import type { Line } from "../line.ts";
import type { LineSession } from "../line-session.ts";
import type { Gauges } from "../metrics.ts";
import type { ServerSocket } from "../peer.ts";
import { redactTarget } from "../redaction.ts";
import type { Reports } from "../reports.ts";
import type { Residents } from "../residents.ts";
import { type Happening, Happenings } from "./happenings.ts";
import { MessageCounts } from "./message-counts.ts";
import { type ServerView, viewServer } from "./server-view.ts";
import { SessionTap } from "./session-tap.ts";
import { SocketTap } from "./socket-tap.ts";
import type { Tap, TapOptions, TapReceiver } from "./tap-entries.ts";
import { type ConnectionView, type SessionView, viewConnection, viewSession, type ViewSources } from "./views.ts";

export interface InspectionSources {
  readonly residents: Residents;
  readonly line: Line | undefined;
  readonly reports: Reports;
  readonly runtime: SocketRuntime;
  readonly gauges: () => Gauges;
  readonly drain: () => Promise<void>;
}

/** What there is at one moment. */
export interface Snapshot {
  readonly server: ServerView;
  /** Plain WebSockets. */
  readonly connections: readonly ConnectionView[];
  readonly sessions: readonly SessionView[];
}

/** How somebody is sent off. */
export type Farewell =
  /** Closed in order: 1001, and a client that wants to comes back. Ends a session. */
  | "close"
  /** The transport is dropped without a word, as a broken network does it: a session stays and is resumed. */
  | "cut"
  /** Asked to go elsewhere, as at a drain: a plain connection closes with 1012, a session is told GOAWAY. */
  | "send-away";

/** So long a session that is sent away is answered still, as at a drain. */
const SEND_AWAY_MS = 5_000;
const DEFAULT_PAYLOAD_BYTES = 4 * 1024;
const MOST_PAYLOAD_BYTES = 64 * 1024;

/** What there is and what passes at one server, as values without secrets; `server.inspection` is the one of a server. */
export class Inspection {
  readonly #sources: InspectionSources;
  readonly #happenings: Happenings;
  readonly #counts = new MessageCounts();
  readonly #ids = new WeakMap<object, string>();
  readonly #openedAt = new WeakMap<object, number>();
  readonly #hiddenRoutes = new Set<string>();
  /** Of hidden sockets that are gone, and how they went. */
  #hiddenPast: Passage = noPassage;
  readonly #hiddenCloses = new Map<string, number>();
  #hiddenOpenedCount = 0;
  readonly #closed = createSignal();
  readonly #sessionTaps = new Map<LineSession, Set<SessionTap>>();
  readonly #viewSources: ViewSources;
  #lastId = 0;

  /** @internal Applications read `server.inspection`. */
  constructor(sources: InspectionSources) {
    this.#sources = sources;
    const describe = (socket: object): ReturnType<Inspection["describe"]> => this.describe(socket as ServerSocket);
    this.#happenings = new Happenings(describe, (session) => this.#receiveSessionEnded(session as LineSession), now);
    const { reports, runtime } = sources;
    const happenings = this.#happenings;
    reports.watcher = {
      receiveRefused: (subject, refusal) => happenings.receiveRefused(subject, refusal),
      receiveOpened: (socket) => {
        this.#openedAt.set(socket, now());
        if (this.#isHidden(socket as ServerSocket)) this.#hiddenOpenedCount += 1;
        happenings.receiveOpened(socket);
      },
      receiveClosed: (socket, outcome) => {
        this.#keepHidden(socket as ServerSocket, outcome.code);
        happenings.receiveClosed(socket, outcome);
      },
      receiveSessionEnded: (session, end) => happenings.receiveSessionEnded(session, end),
      receiveFault: (where) => happenings.receiveFault(where),
    };
    this.#viewSources = {
      idOf: (thing) => this.#idOf(thing),
      openedAtOf: (thing) => this.#openedAt.get(thing),
      messagesOf: (socket) => this.#counts.of(socket),
      heldBytesOf: (thing) => runtime.budget.costOf(thing),
    };
  }

  // --- what there is ---

  /**
   * Everything at this moment, in the order of its coming: sessions first, and of all together no more than `most`. Walks all of
   * it: once a second is often enough.
   */
  snapshot({ most = Infinity }: { readonly most?: number | undefined } = {}): Snapshot {
    const { residents, line } = this.#sources;
    const sockets = this.#socketsByChannel();
    const sessions: SessionView[] = [];
    for (const session of line?.sessions ?? []) {
      if (sessions.length >= most) break;
      sessions.push(viewSession(session, sockets, this.#viewSources));
    }
    const connections: ConnectionView[] = [];
    for (const socket of residents.sockets) {
      if (sessions.length + connections.length >= most) break;
      if (!socket.isChannel && !this.#isHidden(socket)) connections.push(viewConnection(socket, this.#viewSources));
    }
    return { server: this.server(), connections, sessions };
  }

  /** The server as a whole: totals, limits that were reached, how connections ended. */
  server(): ServerView {
    const { residents, reports, runtime, gauges } = this.#sources;
    const view = viewServer(now(), residents, reports.metrics, gauges(), runtime.budget);
    let hidden = this.#hiddenPast;
    let hiddenCount = 0;
    for (const socket of residents.sockets) {
      if (!this.#isHidden(socket)) continue;
      hidden = addPassage(hidden, this.#passageOf(socket));
      if (!socket.isChannel) hiddenCount += 1;
    }
    return {
      ...view,
      connectionCount: view.connectionCount - hiddenCount,
      messagesIn: view.messagesIn - hidden.messagesIn,
      messagesOut: view.messagesOut - hidden.messagesOut,
      bytesIn: view.bytesIn - hidden.bytesIn,
      bytesOut: view.bytesOut - hidden.bytesOut,
      closes: without(view.closes, this.#hiddenCloses),
      handshakes: without(view.handshakes, new Map([["101", this.#hiddenOpenedCount]])),
    };
  }

  /** One connection or session; undefined when there is none with this id any more. Does not walk the others' contents. */
  find(id: string): ConnectionView | SessionView | undefined {
    const found = this.#find(id);
    if (found === undefined) return undefined;
    if ("mux" in found) return viewSession(found, this.#socketsByChannel(), this.#viewSources);
    return viewConnection(found, this.#viewSources);
  }

  /** The id of `socket`, or, for a channel, of the session that it belongs to: what `find` and `tap` take. */
  idOf(socket: ServerSocket): string | undefined {
    if (!socket.isChannel) return this.#idOf(socket);
    const { carrier } = socket.underneath;
    for (const session of this.#sources.line?.sessions ?? []) {
      if (session.mux.channels.includes(carrier as ServerChannel)) return this.#idOf(session);
    }
    return undefined;
  }

  // --- what happens ---

  /** The newest few hundred closes, refusals, ends of sessions and faults since this was first asked for; the newest last. */
  get recent(): readonly Happening[] {
    return this.#happenings.kept;
  }

  /** Tells what happens from now on, until the returned function is called. */
  watch(receive: (happening: Happening) => void): () => void {
    return this.#happenings.watch(receive);
  }

  /** Counts messages per socket, for views, until the returned function is called: while somebody counts, messages cost more. */
  countMessages(): () => void {
    return this.#counts.start();
  }

  // --- what passes ---

  /**
   * Tells what passes on one plain connection, frame by frame, or on one session, packet by packet, until it is stopped or over.
   * `receive` is called in the midst of things: it must be quick and must not throw. Undefined when there is none with this id.
   */
  tap(id: string, receive: TapReceiver, options: TapOptions = {}): Tap | undefined {
    const found = this.#find(id);
    if (found === undefined) return undefined;
    const asked = options.payloadBytes ?? DEFAULT_PAYLOAD_BYTES;
    const payloadBytes = Math.max(0, Math.min(asked, MOST_PAYLOAD_BYTES));
    if ("mux" in found) return this.#tapSession(found, payloadBytes, receive);
    const { carrier, stream } = found.underneath;
    if (!(stream instanceof Duplex)) return undefined;
    const heldBytes = (): number => this.#sources.runtime.budget.costOf(carrier);
    return new SocketTap(stream, { heldBytes, payloadBytes, now }, receive);
  }

  #tapSession(session: LineSession, payloadBytes: number, receive: TapReceiver): Tap {
    const tap = new SessionTap(session.session, { payloadBytes, now }, receive);
    const taps = this.#sessionTaps.get(session) ?? new Set();
    taps.add(tap);
    this.#sessionTaps.set(session, taps);
    return {
      stop: () => {
        tap.stop();
        taps.delete(tap);
        if (taps.size === 0) this.#sessionTaps.delete(session);
      },
    };
  }

  #receiveSessionEnded(session: LineSession): string {
    for (const tap of this.#sessionTaps.get(session) ?? []) tap.end();
    this.#sessionTaps.delete(session);
    return this.#idOf(session);
  }

  // --- what may be done ---

  /** Sends one connection or session off. False when there is none with this id. */
  dismiss(id: string, farewell: Farewell): boolean {
    const found = this.#find(id);
    if (found === undefined) return false;
    if ("mux" in found) dismissSession(found, farewell);
    else if (farewell === "cut") found.terminate();
    else if (farewell === "close") found.dismiss(1001, "Disconnected by the operator.");
    else found.dismiss(1012, "The service restarts.");
    return true;
  }

  /** As the server's own drain(). */
  drain(): Promise<void> {
    return this.#sources.drain();
  }

  /** Who comes by this route looks on: is not shown, and what becomes of it is not told. */
  hideRoute(pattern: string): void {
    this.#hiddenRoutes.add(pattern);
  }

  /** Resolves when the server has closed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** @internal The server has closed. */
  receiveServerClosed(): void {
    this.#closed.resolve();
  }

  #isHidden(socket: ServerSocket): boolean {
    return this.#hiddenRoutes.has(socket.route);
  }

  #keepHidden(socket: ServerSocket, code: number): void {
    if (!this.#isHidden(socket)) return;
    this.#hiddenPast = addPassage(this.#hiddenPast, this.#passageOf(socket));
    const label = String(code);
    this.#hiddenCloses.set(label, (this.#hiddenCloses.get(label) ?? 0) + 1);
  }

  #passageOf(socket: ServerSocket): Passage {
    const { messagesIn, messagesOut } = this.#counts.of(socket) ?? noPassage;
    const { received, sent } = socket.transportBytes;
    return { messagesIn, messagesOut, bytesIn: received, bytesOut: sent };
  }

  /** @internal What a happening says of `socket`. */
  describe(socket: ServerSocket):
    | {
        readonly id: string;
        readonly what: "connection" | "channel";
        readonly route: string;
        readonly target: string;
        readonly remoteAddress: string;
      }
    | undefined {
    if (this.#isHidden(socket)) return undefined;
    const { route, request, isChannel } = socket;
    const { target, remoteAddress } = request;
    const what = isChannel ? "channel" : "connection";
    return { id: this.#idOf(socket), what, route, target: redactTarget(target), remoteAddress };
  }

  #idOf(thing: object): string {
    let id = this.#ids.get(thing);
    if (id === undefined) {
      const kind = "mux" in thing ? "s" : (thing as ServerSocket).isChannel ? "ch" : "c";
      id = `${kind}${++this.#lastId}`;
      this.#ids.set(thing, id);
    }
    return id;
  }

  #find(id: string): ServerSocket | LineSession | undefined {
    const { residents, line } = this.#sources;
    for (const session of line?.sessions ?? []) if (this.#ids.get(session) === id) return session;
    for (const socket of residents.sockets) {
      if (this.#ids.get(socket) === id && !socket.isChannel && !this.#isHidden(socket)) return socket;
    }
    return undefined;
  }

  #socketsByChannel(): ReadonlyMap<object, ServerSocket> {
    const sockets = new Map<object, ServerSocket>();
    for (const socket of this.#sources.residents.channels) {
      if (!this.#isHidden(socket)) sockets.set(socket.underneath.carrier, socket);
    }
    return sockets;
  }
}

function dismissSession({ session }: LineSession, farewell: Farewell): void {
  if (farewell === "close") {
    session.bye(1001, "Disconnected by the operator.");
  } else if (farewell === "send-away") {
    session.goAway(true, SEND_AWAY_MS, 0);
  } else if (session.current !== undefined) {
    const { current } = session;
    current.close(1006, "Cut by the operator.");
    session.receiveLost(current);
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

/** What has passed on a socket. */
interface Passage {
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const noPassage: Passage = { messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0 };

function addPassage(one: Passage, other: Passage): Passage {
  return {
    messagesIn: one.messagesIn + other.messagesIn,
    messagesOut: one.messagesOut + other.messagesOut,
    bytesIn: one.bytesIn + other.bytesIn,
    bytesOut: one.bytesOut + other.bytesOut,
  };
}

/** Counts less those of whoever looks on; what is none then is left out. */
function without(
  counts: Readonly<Record<string, number>>,
  hidden: ReadonlyMap<string, number>,
): Record<string, number> {
  const rest = Object.entries(counts).map(([name, count]) => [name, count - (hidden.get(name) ?? 0)] as const);
  return Object.fromEntries(rest.filter(([, count]) => count > 0));
}

function createSignal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let settle = (): void => {};
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: () => settle() };
}
