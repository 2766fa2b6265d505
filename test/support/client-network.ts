// A network in memory between a client and one server, on a clock that stands still: WebSockets and requests that work, are
// refused, are mute or break, as the test says. The server is a registry with channels that echo.
import type { Courier, Link } from "../../src/base/link.ts";
import { ServerMux } from "../../src/channels/server-mux.ts";
import { type CreateDetours, Detours } from "../../src/client/detours.ts";
import type { PageOwner, Surroundings } from "../../src/client/surroundings.ts";
import type { RequestOptions, RequestTransport } from "../../src/client/requests.ts";
import { Arrival, type Refusal } from "../../src/session/arrival.ts";
import type { Attachment } from "../../src/session/attachment.ts";
import type { Way } from "../../src/session/way.ts";
import type { Admission } from "../../src/session/auth-in-place.ts";
import { Registry } from "../../src/session/registry.ts";
import type { ServerSession } from "../../src/session/server-session.ts";
import { defaultSettings } from "../../src/session/settings.ts";
import * as PacketType from "../../src/session/packet-type.ts";
import { joinPackets } from "../../src/transports/http/body.ts";
import type { HttpReceiver } from "../../src/transports/http/client.ts";
import { CONTENT_TYPE } from "../../src/transports/http/headers.ts";
import type { FetchInit, FetchResponse } from "../../src/transports/http/request.ts";
import type { SocketLike } from "../../src/transports/websocket/client.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemorySocket } from "./memory-socket.ts";
import { SeededRandom } from "./seeded-random.ts";

/**
 * works: as it should. refuse: no connection. mute: it opens and greets, and nothing comes after that. silent: it opens and says
 * nothing. plain: another server, which chooses the first protocol. echo: another one, which chooses the last and speaks first.
 * strict: another one, which knows no protocols: browsers fail a handshake that offers any.
 */
export type SocketManner = "works" | "refuse" | "mute" | "silent" | "plain" | "echo" | "strict";
/** works, mute: never answers. A number: is refused with this code. */
export type RequestManner = "works" | "mute" | number;

export class ClientNetwork {
  readonly clock = new FakeClock();
  readonly random = new SeededRandom(7);
  /** One way. */
  latencyMs = 10;
  /** Changes what is there from the next attempt on. */
  sockets: SocketManner = "works";
  requests: Record<"stream" | "longpoll" | "poll", RequestManner> = {
    stream: "works",
    longpoll: "works",
    poll: "works",
  };
  /** What was tried, such as "websocket" or "longpoll". */
  readonly tried: string[] = [];
  readonly dialled: { readonly url: string; readonly protocols: readonly string[] }[] = [];
  readonly dialledSockets: MemorySocket[] = [];
  /** Tokens that were shown, in order. */
  readonly tokens: string[] = [];
  admission: Admission | Refusal = { principal: "p", origin: undefined, expiresSeconds: 0 };
  readonly open: { cut(): void; readonly kind: string }[] = [];
  /** Every message that a handler of the server got. */
  readonly heard: string[] = [];
  readonly sessions: ServerSession[] = [];
  readonly memory = new Map<string, string>();
  readonly page = {
    isHidden: false,
    isOnline: true,
    isAway: false,
    close: (): void => {
      this.owner = undefined;
    },
  };
  owner: PageOwner | undefined;
  hasSeat = true;
  /** What happens to the answer to a probe; a number: somebody else answers with this status. */
  path: "streams" | "buffers" | "none" | number = "streams";
  probed = 0;
  /** The process that refuses every channel, because it drains. */
  draining: Registry | undefined;
  registry: Registry;

  constructor() {
    this.registry = this.#createRegistry();
  }

  /** The server forgets everything. */
  restart(): void {
    this.registry = this.#createRegistry();
    this.cut();
  }

  /** Whoever connects from now on comes to another process; the old one lives on. */
  nextNode(): void {
    this.registry = this.#createRegistry();
  }

  /** Everything that is open breaks. */
  cut(): void {
    for (const way of this.open.splice(0)) way.cut();
  }

  #createRegistry(): Registry {
    const registry: Registry = new Registry({
      clock: this.clock,
      random: this.random,
      settings: defaultSettings,
      offer: { credit: 1024 * 1024, maxMessageBytes: 1024 * 1024, maxChannels: 64 },
      hint: new Uint8Array(0),
      createUser: (session) => {
        this.sessions.push(session);
        const mux = new ServerMux({
          clock: this.clock,
          host: {
            open: ({ path, protocols }) =>
              path.startsWith("/refused") || path.startsWith("/draining") || this.draining === registry
                ? { status: path.startsWith("/refused") ? 403 : 503, reason: "no" }
                : {
                    protocol: protocols[0] ?? "",
                    ...(path.startsWith("/movable") ? { movable: { continuation: () => new Uint8Array(0) } } : {}),
                    accept: (channel) => ({
                      receiveMessage: (data) => {
                        this.heard.push(String(data));
                        if (data === "leave") channel.close(1000);
                        else channel.send(data);
                        return undefined;
                      },
                      receivePing: () => {},
                      receivePong: () => {},
                      receiveClosing: () => {},
                      receiveClosed: () => {},
                    }),
                  },
          },
        });
        mux.connect(session);
        return mux;
      },
      authenticate: (session, id, token) => {
        this.tokens.push(new TextDecoder().decode(token));
        const { admission } = this;
        session.completeAuth(id, "closeCode" in admission ? 4401 : admission);
      },
    });
    return registry;
  }

  readonly #admit: ConstructorParameters<typeof Arrival>[2] = (opening, answer) => {
    this.tokens.push(new TextDecoder().decode(opening.token));
    answer(this.admission);
  };

  get surroundings(): Surroundings {
    return {
      clock: this.clock,
      random: this.random,
      idleMs: 5_000,
      wallNow: () => this.clock.now(),
      dial: (url, protocols) => this.#dial(url, protocols),
      fetch: (url, init) => this.#fetch(url, init),
      readsStreams: true,
      memory: {
        recall: (key) => this.memory.get(key),
        remember: (key, text) => void this.memory.set(key, text),
        forget: (key) => void this.memory.delete(key),
      },
      baseUrl: undefined,
      watch: (owner) => {
        this.owner = owner;
        return this.page;
      },
      takeSeat: (_origin, receive) => {
        receive(this.hasSeat);
        return { leave: () => {} };
      },
    };
  }

  /** Only a probe comes this way; other requests are made in memory. */
  async #fetch(url: string, { signal }: FetchInit): Promise<FetchResponse> {
    if (!url.endsWith("/probe")) throw new Error("Requests are made in memory here.");
    this.probed++;
    const pause = (ms: number): Promise<void> =>
      new Promise((resolve, reject) => {
        this.clock.schedule(ms, resolve);
        signal.addEventListener("abort", () => reject(new Error("aborted")));
      });
    await pause(2 * this.latencyMs);
    const { path } = this;
    if (path === "none") throw new Error("No network.");
    const packets = joinPackets([Uint8Array.of(PacketType.greet, 0x4c, 0x57, 1, 1), Uint8Array.of(PacketType.pong, 1)]);
    const reads = [{ done: false, value: packets }, { done: true }];
    return {
      status: typeof path === "number" ? path : 200,
      headers: { get: (name) => (name === "content-type" && typeof path === "string" ? CONTENT_TYPE : null) },
      arrayBuffer: () => Promise.reject(new Error("It is read as it comes.")),
      body: {
        getReader: () => ({
          read: async () => {
            // What streams has the packets at once and its end later, what buffers both together.
            if ((reads.length === 1) === (path === "streams")) await pause(2_000);
            return reads.shift() ?? { done: true };
          },
          cancel: () => Promise.resolve(),
        }),
      },
    };
  }

  // --- websockets ---

  #dial(url: string, protocols: readonly string[]): SocketLike {
    this.tried.push("websocket");
    this.dialled.push({ url, protocols });
    const manner = this.sockets;
    const socket = new MemorySocket();
    this.dialledSockets.push(socket);
    if (manner === "refuse" || (manner === "strict" && protocols.length > 0)) {
      this.clock.schedule(this.latencyMs, () => socket.onclose?.({ code: 1006, reason: "" }));
      return socket;
    }
    this.clock.schedule(2 * this.latencyMs, () => {
      if (socket.isClosed) return;
      socket.protocol = (manner === "plain" ? protocols[0] : protocols.at(-1)) ?? "";
      socket.onopen?.(undefined as never);
      if (manner === "echo") socket.onmessage?.({ data: "welcome to my server" });
      if (manner === "works" || manner === "mute") this.#serve(socket, manner === "mute");
    });
    return socket;
  }

  #serve(socket: MemorySocket, isMute: boolean): void {
    const later = (run: () => void): void => {
      this.clock.schedule(this.latencyMs, () => {
        if (!socket.isClosed) run();
      });
    };
    let isFirst = true;
    const link: Link = {
      pendingBytes: 0,
      send: (bytes, start = 0, end = bytes.length) => {
        // Only the GREET gets through.
        if (isMute && !isFirst) return;
        isFirst = false;
        const packet = new Uint8Array(bytes.subarray(start, end));
        later(() => socket.onmessage?.({ data: packet.buffer }));
      },
      close: (code, reason) => later(() => socket.end(code, reason)),
    };
    const { attachment } = new Arrival({ kind: "websocket", link }, this.registry, this.#admit);
    // What was sent before the end still arrives before it.
    socket.sent = (bytes) => void this.clock.schedule(this.latencyMs, () => attachment.receive(bytes));
    socket.left = () => void this.clock.schedule(this.latencyMs, () => attachment.receiveClosed(1000, ""));
    this.open.push({
      kind: "websocket",
      cut: () => {
        socket.left = undefined;
        attachment.receiveClosed(1006, "");
        socket.end(1006, "");
      },
    });
  }

  // --- requests ---

  readonly createRequests = (options: RequestOptions): RequestTransport => {
    this.tried.push(options.kind);
    const manner = this.requests[options.kind];
    return new MemoryRequests(this, options, manner);
  };

  readonly createDetours: CreateDetours = (terms) => new Detours(terms, this.surroundings, this.createRequests);

  /** A way at the server. */
  arrive(way: Way): Attachment {
    return new Arrival(way, this.registry, this.#admit).attachment;
  }
}

const room = { maxBytes: 256 * 1024, maxPackets: 100 };

/** How often a GET of the others comes round. */
const ROUND_MS = 10_000;

/** Requests as they would be, without HTTP: what waits on either side is carried over after the latency. */
class MemoryRequests implements RequestTransport {
  retryAfterMs: number | undefined;
  readonly #network: ClientNetwork;
  readonly #options: RequestOptions;
  readonly #manner: RequestManner;
  #near: HttpReceiver | undefined;
  #far: Attachment | undefined;
  #isClosed = false;
  #upAsked = false;
  #downAsked = false;

  constructor(network: ClientNetwork, options: RequestOptions, manner: RequestManner) {
    this.#network = network;
    this.#options = options;
    this.#manner = manner;
    network.open.push({ kind: options.kind, cut: () => this.#end(1006) });
  }

  open(receiver: HttpReceiver): void {
    this.#near = receiver;
    if (typeof this.#manner === "number") {
      const code = this.#manner;
      this.#later(() => this.#end(code));
    } else if (this.#manner === "works") {
      this.#far = this.#network.arrive(
        this.#options.kind === "stream"
          ? { kind: "stream", link: this.#link }
          : { kind: "longpoll", courier: this.#courier },
      );
      this.wake();
      if (this.#options.kind !== "stream") this.#round();
    }
  }

  wake(): void {
    if (this.#upAsked) return;
    this.#upAsked = true;
    this.#later(() => {
      this.#upAsked = false;
      const body = this.#far?.openBody();
      for (const packet of this.#near?.take(room) ?? []) body?.receive(packet);
    });
  }

  close(): void {
    this.#isClosed = true;
  }

  /** A stream: what the server says comes as it is said. */
  get #link(): Link {
    return {
      pendingBytes: 0,
      send: (bytes, start = 0, end = bytes.length) => {
        const packet = new Uint8Array(bytes.subarray(start, end));
        this.#later(() => this.#near?.receive(packet));
      },
      close: (code) => this.#later(() => this.#end(code)),
    };
  }

  get #courier(): Courier {
    return {
      wake: () => this.#down(),
      close: (code) => {
        this.#down();
        this.#later(() => this.#end(code));
      },
    };
  }

  /** GET after GET: each shows the ticket and how far the client is. */
  #round(): void {
    this.#network.clock.schedule(ROUND_MS, () => {
      if (this.#isClosed) return;
      const { ticket, received } = this.#options.credentials;
      const found = this.#network.registry.find(ticket);
      if (typeof found === "number") {
        this.#end(found === 410 ? 4410 : 4409);
        return;
      }
      found.session.receiveCursor(found.attachment, received);
      this.#down();
      this.#round();
    });
  }

  #down(): void {
    if (this.#downAsked) return;
    this.#downAsked = true;
    this.#later(() => {
      this.#downAsked = false;
      const body = this.#near?.openBody();
      for (const packet of this.#far?.take(room) ?? []) body?.receive(packet);
    });
  }

  #later(run: () => void): void {
    this.#network.clock.schedule(this.#network.latencyMs, () => {
      if (!this.#isClosed) run();
    });
  }

  #end(code: number): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#options.kind === "stream") this.#far?.receiveClosed(code, "");
    this.#near?.receiveClosed(code, "");
  }
}
