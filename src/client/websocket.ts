// The drop-in: `new WebSocket(url, protocols)` as the browser has it, on a line that sockets to the same origin share, or plain
// where the server does not speak Longwire (DESIGN §6). Who shares what, and what was found out about origins, is kept here.

import { RemoteError, type LongwireError } from "../base/errors.ts";
import { exposeWebSocketInterface } from "../base/web-interface.ts";
import { LINE_PATH } from "../session/packet.ts";
import { checkProtocols, fragmentlessUrl } from "./addresses.ts";
import type { Dial } from "./dial.ts";
import { discover, type Finding } from "./discovery.ts";
import { Line } from "./line.ts";
import { LineSocket } from "./line-socket.ts";
import type { Passage, SocketOptions } from "./outbox/passage.ts";
import type { Surroundings } from "./surroundings.ts";

const PLAIN_MS = 24 * 60 * 60_000;

/** What is known of one origin. */
interface Known {
  /** The line that its sockets share; undefined as long as it is not known to speak Longwire. */
  line: Line | undefined;
  /** Until then it is taken for a plain server. */
  plainUntil: number;
  /** And for one that fails a handshake with our name in it, as those do that know no subprotocols. */
  refusesOurName: boolean;
  /** The one that finds out what answers, for all. */
  asker: LineSocket | undefined;
  /** Sockets that wait until it is known what answers. */
  readonly waiting: (() => void)[];
}

/** The lines of one program or page, by origin. */
export class Origins {
  readonly #surroundings: Surroundings;
  readonly #known = new Map<string, Known>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  get baseUrl(): string | undefined {
    return this.#surroundings.baseUrl;
  }

  /** Connects `socket` to `url`: on the origin's line, or plainly. */
  connect(socket: LineSocket, url: URL, protocols: readonly string[], passage?: Passage): void {
    const { origin } = new URL(url.href.replace(/^ws/, "http"));
    const known = this.#of(origin);
    let isGivenUp = false;
    let giveUp = (): void => {};
    socket.settle({
      abandon: (cause) => {
        isGivenUp = true;
        giveUp();
        if (known.asker === socket) known.asker = undefined;
        this.#next(known);
        this.#surroundings.clock.schedule(0, () => fail(socket, cause));
      },
    });
    const attach = (line: Line, dial?: Dial): void =>
      line.attach(socket, `${url.pathname}${url.search}`, protocols, dial, passage);
    const receive = (finding: Finding): void => {
      const isNews = known.asker === socket;
      if (isNews) known.asker = undefined;
      if (finding.kind === "longwire") {
        attach((known.line ??= this.#createLine(origin, url, finding.dial === undefined)), finding.dial);
      } else if (finding.kind === "plain") {
        if (isNews) known.plainUntil = this.#surroundings.clock.now() + PLAIN_MS;
        known.refusesOurName = finding.refusesOurName;
        if (passage === undefined) socket.accept(finding.carrier);
        finding.carrier.start(passage?.owner ?? socket);
        if (passage !== undefined) finding.carrier.terminate(passage.refusal);
      } else {
        // Perhaps another server answers there now: the next one finds out.
        known.plainUntil = -Infinity;
        fail(socket, unreachable(url, finding.status));
      }
      this.#next(known);
    };
    const begin = (): void => {
      if (known.line?.isForeign === true) {
        known.line.close();
        known.line = undefined;
      }
      if (known.line !== undefined) {
        attach(known.line);
        return;
      }
      if (!this.#isPlain(known)) known.asker = socket;
      giveUp = this.#discover(url, origin, protocols, known, receive);
    };
    const start = (): void => {
      if (!isGivenUp) begin();
      // On a line and at a plain server nobody waits for anybody.
      this.#next(known);
    };
    // One finds out for all; at a plain server each dials for itself.
    if (known.asker !== undefined && !this.#isPlain(known)) known.waiting.push(start);
    else start();
  }

  #isPlain({ plainUntil }: Known): boolean {
    return plainUntil > this.#surroundings.clock.now();
  }

  /** `isBlocked`: its WebSockets were just seen not to get through. */
  #createLine(origin: string, url: URL, isBlocked: boolean): Line {
    const line = new Line(`${origin}${LINE_PATH}`, {}, this.#surroundings);
    line.socketUrl = url.href;
    if (isBlocked) line.receiveBlocked();
    return line;
  }

  #discover(
    url: URL,
    origin: string,
    protocols: readonly string[],
    known: Known,
    receive: (finding: Finding) => void,
  ): () => void {
    const surroundings = this.#surroundings;
    const isPlain = this.#isPlain(known);
    // Nobody is asked again whether it is ours: without requests only its WebSockets are dialled.
    const around = isPlain ? { ...surroundings, fetch: undefined } : surroundings;
    const refusesOurName = isPlain && known.refusesOurName;
    const base = `${origin}${LINE_PATH}`;
    return discover({ surroundings: around, url: url.href, protocols, base, refusesOurName }, receive);
  }

  #next(known: Known): void {
    if (known.asker === undefined) known.waiting.shift()?.();
  }

  #of(origin: string): Known {
    let known = this.#known.get(origin);
    if (known === undefined) {
      known = { line: undefined, plainUntil: -Infinity, refusesOurName: false, asker: undefined, waiting: [] };
      this.#known.set(origin, known);
    }
    return known;
  }
}

function fail(socket: LineSocket, cause: LongwireError): void {
  socket.receiveClosed({ code: 1006, reason: "", wasClean: false, cause });
}

/** `status`: somebody has answered a request with it. */
function unreachable({ host }: URL, status: number | undefined): LongwireError {
  const said =
    status === undefined
      ? "could not be reached: neither a WebSocket nor a request was answered"
      : `took no WebSocket, and answered POST ${LINE_PATH}/probe with status ${String(status)}`;
  return new RemoteError("LW_CLIENT_UNREACHABLE", `${host} ${said}.`, 1006);
}

/** The class over `origins`; each entry of the package makes one. */
export function createWebSocketClass(origins: () => Origins): WebSocketConstructor {
  class WebSocket extends LineSocket {
    constructor(url: string | URL, protocols: string | Iterable<string> = [], { outbox }: SocketOptions = {}) {
      if (arguments.length === 0) throw new TypeError("new WebSocket() needs one argument, the URL.");
      const shared = origins();
      const target = fragmentlessUrl(url, shared.baseUrl);
      const names = checkProtocols(protocols);
      super(target.href);
      if (outbox === undefined) shared.connect(this, target, names);
      else outbox.attach(this, (passage) => shared.connect(this, target, names, passage));
    }
  }
  exposeWebSocketInterface(WebSocket);
  return WebSocket;
}

/** The class `WebSocket`, as browsers have it, with an outbox as a third argument. */
export interface WebSocketConstructor {
  /** `url` may be ws, wss, http, https or relative; a socket begins CONNECTING. */
  new (url: string | URL, protocols?: string | Iterable<string>, options?: SocketOptions): LineSocket;
  readonly prototype: LineSocket;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
}
