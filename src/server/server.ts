// The server an application holds: routes, listeners, topics, the way out. Joins the parts and decides nothing that a part
// could decide; the way in is admission.ts, a connection is peer.ts. DESIGN §5.

import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { LocalError } from "../base/errors.ts";
import { Hub } from "../hub/hub.ts";
import { isUpgradeAttempt } from "../protocol/handshake/upgrade-request.ts";
import { payloadOf } from "../base/payload.ts";
import { createRuntime, type SocketRuntime } from "../socket/runtime.ts";
import { Admission, type AdmissionRoute } from "./admission.ts";
import { attachTo, listenerAddress, mountPath, serveAsPlain } from "./attachment.ts";
import { Candidate } from "./candidate.ts";
import { closeAll, sendAway } from "./drain.ts";
import { Front, type ListenAddress, type ListenOptions } from "./front.ts";
import { checkHooks } from "./hook-check.ts";
import { readGauges } from "./gauges.ts";
import type { RouteFunction, RouteHooks } from "./hooks.ts";
import { Inspection } from "./inspection/inspection.ts";
import { Line } from "./line.ts";
import { LineDesk } from "./line-desk.ts";
import { closeSessions, sendSessionsAway } from "./line-exit.ts";
import { type Gauges, Metrics } from "./metrics.ts";
import { checkNames } from "./option-names.ts";
import { optionError, resolveOptions, type ServerOptions, type ServerSettings } from "./options.ts";
import { parseOrigins } from "./origin.ts";
import { isServerCloseCode, type PeerHooks, type ServerSocket } from "./peer.ts";
import { PlainRequests } from "./plain-request.ts";
import { Reports } from "./reports.ts";
import { Residents } from "./residents.ts";
import type { PathParams } from "./route-pattern.ts";
import { Router } from "./router.ts";
import { parseTarget } from "./upgrade-request.ts";

/** The hooks of a route at `Pattern`. */
export type Hooks<Pattern extends string = string, User = unknown, Data = unknown> = RouteHooks<
  ServerSocket<User, PathParams<Pattern>, Data>,
  User,
  PathParams<Pattern>
>;

/** A route at `Pattern` as a function. */
export type Handler<Pattern extends string = string, User = unknown, Data = unknown> = RouteFunction<
  ServerSocket<User, PathParams<Pattern>, Data>,
  User,
  PathParams<Pattern>
>;

/** What attach() takes. */
export interface AttachOptions {
  /** Routes begin below this path: with "/realtime", the route "/chat" is at "/realtime/chat". Default: at the root. */
  readonly path?: string | undefined;
}

/** What publish() takes. */
export interface PublishOptions {
  /** Who shall not hear it, as a rule whoever said it. Default: nobody. */
  readonly except?: ServerSocket<unknown, unknown, unknown> | undefined;
}

/** What close() takes. */
export interface CloseOptions {
  /** The close code clients get: 1000 to 1003, 1007 to 1009, 1011 to 1014, 3000 to 4999. Default: 1001, "going away". */
  readonly code?: number | undefined;
  /** At most 123 bytes of UTF-8. Default: "The server is going away." */
  readonly reason?: string | undefined;
}

// A socket that two callers answer gets two answers; this remembers who was first, as long as the socket lives.
const taken = new WeakSet<Duplex>();

/** At the end of a drain, and when sessions have been told that it is the end, plain requests get this long to finish. */
const drainGraceMs = 1_000;

/** Routes, listeners, sockets and topics of one process; createServer() makes one. */
export class LongwireServer<User = undefined> {
  readonly #settings: ServerSettings;
  readonly #runtime: SocketRuntime;
  readonly #hub: Hub;
  readonly #router = new Router<AdmissionRoute>();
  readonly #residents = new Residents();
  readonly #metrics = new Metrics();
  readonly #reports: Reports;
  readonly #admission: Admission;
  readonly #plain: PlainRequests;
  readonly #line: Line | undefined;
  readonly #desk: LineDesk | undefined;
  readonly #detach = new Set<() => void>();
  #inspection: Inspection | undefined;
  #front: Front | undefined;
  #draining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** @internal Applications call createServer. */
  constructor(options: ServerOptions<User>) {
    const settings = resolveOptions(options);
    const { limits, hosts, proxyCount, lenientLength, metricsPath, http, upgrade } = settings;
    this.#settings = settings;
    this.#runtime = createRuntime({ ...options.runtime, memoryBudgetBytes: limits.memoryBudgetBytes });
    this.#hub = new Hub(limits.maxTopicBytes);
    this.#reports = new Reports(this.#metrics, settings.journal);
    this.#admission = new Admission({
      limits,
      hosts,
      proxyCount,
      lenientLength,
      runtime: this.#runtime,
      residents: this.#residents,
      router: this.#router,
      linePath: settings.line?.path,
      origins: settings.origins,
      authenticate: settings.authenticate,
    });
    if (settings.line !== undefined) {
      this.#line = new Line(this.#admission, this.#reports, settings.line);
      this.#desk = new LineDesk(this.#line, this.#admission, this.#reports);
    }
    this.#plain = new PlainRequests(this.#admission, this.#reports, {
      metricsPath,
      http,
      upgrade,
      metrics: () => this.metrics(),
      ready: () => this.#residents.state === "open",
    });
  }

  // --- routes ---

  /**
   * Serves WebSockets at `pattern`: `/chat/:room` names a segment, a last `*name` takes the rest of the path. A static
   * segment wins over a named one. Throws LocalError for patterns, hooks and options that cannot be used.
   */
  route<const Pattern extends string, RouteUser = User, Data = unknown>(
    pattern: Pattern,
    hooks: Hooks<Pattern, RouteUser, Data> | Handler<Pattern, RouteUser, Data>,
  ): this {
    if (typeof hooks !== "function" && (typeof hooks !== "object" || hooks === null)) {
      throw optionError(
        `route("${pattern}") takes hooks or a function as its second argument; it got ${typeof hooks}.`,
      );
    }
    const all = (typeof hooks === "function" ? { open: hooks } : hooks) as unknown as PeerHooks;
    checkHooks(pattern, all);
    this.#router.add(pattern, {
      pattern,
      hooks: all,
      hub: this.#hub,
      reports: this.#reports,
      limits: this.#settings.limits,
      origins: all.origins === undefined ? this.#settings.origins : parseOrigins(all.origins),
      authenticate: all.authenticate ?? this.#settings.authenticate,
      release: this.#release,
    });
    return this;
  }

  // --- listeners ---

  /** Serves on a listener of its own, HTTP or with certificates HTTPS. Rejects with LocalError if that cannot be. */
  async listen(where: number | ListenOptions = 0): Promise<ListenAddress> {
    const options = typeof where === "number" ? { port: where } : where;
    if (this.#closing !== undefined || this.#draining !== undefined) {
      throw new LocalError("LW_SERVER_CLOSED", "This server has been drained or closed; create another one.");
    }
    if (this.#front !== undefined) {
      throw new LocalError("LW_SERVER_LISTENING", "This server listens already; a further listener can be attached.");
    }
    const front = new Front(
      {
        limits: this.#settings.limits,
        receiveUpgrade: (message, socket, head, boundTo) => {
          if (!this.#claims(message, "") && this.#plain.giveAway(message, socket, head, boundTo)) return;
          if (isUpgradeAttempt(message) || message.method === "CONNECT" || !this.#replay(message, socket, boundTo)) {
            this.#receive(message, socket, head, boundTo, "");
          }
        },
        receivePlain: (message, response, boundTo) => {
          this.#answer(message, response, boundTo);
        },
        receiveFault: (socket, status, code, why) => {
          const { remoteAddress = "" } = socket as { remoteAddress?: string };
          this.#reports.unreadable(remoteAddress, status, code, why);
        },
      },
      options,
    );
    this.#front = front;
    try {
      return await front.listen(options);
    } catch (error) {
      this.#front = undefined;
      throw error;
    }
  }

  /** Where listen() listens; undefined while it does not. */
  get address(): ListenAddress | undefined {
    return this.#front?.address;
  }

  /**
   * Serves the WebSockets of somebody else's HTTP server, and the line's own five addresses. Everything else stays with that
   * server. Ends when this server closes; the HTTP server goes on.
   */
  attach(httpServer: HttpServer, options: AttachOptions = {}): this {
    if (typeof httpServer?.on !== "function" || typeof httpServer.address !== "function") {
      throw optionError(
        "attach() takes a http.Server or https.Server: of Express what app.listen() returns, of Fastify app.server, of " +
          "@hono/node-server what serve() returns.",
      );
    }
    checkNames("attach()", options, ["path"]);
    const mount = mountPath(options.path);
    const boundTo = (): string | undefined => {
      const address = httpServer.address();
      return typeof address === "object" ? address?.address : undefined;
    };
    this.#detach.add(
      attachTo(httpServer, {
        claims: (message) => this.#claims(message, mount),
        receiveUpgrade: (message, socket, head) => {
          this.#receive(message, socket, head, boundTo(), mount);
        },
        refuseUnclaimed: (message, socket, head) => {
          this.#receive(message, socket, head, boundTo(), mount);
        },
        receiveRequest: (message, response) => {
          return this.#desk?.receive(message, response, { boundTo: boundTo(), mount }) === true;
        },
      }),
    );
    return this;
  }

  /**
   * Takes over one upgrade request, as Node's 'upgrade' event gives it. False, and nothing happens to the socket, if it
   * asks for no WebSocket or for none of the routes. Throws LocalError LW_SERVER_UPGRADED_TWICE for a socket that was taken
   * over before.
   */
  handleUpgrade(message: IncomingMessage, socket: Duplex, head: Uint8Array): boolean {
    if (taken.has(socket)) {
      throw new LocalError(
        "LW_SERVER_UPGRADED_TWICE",
        "This socket was taken over before. Likely causes: 1. two 'upgrade' listeners both pass on the same request; " +
          "2. the server is attached as well.",
      );
    }
    if (!this.#claims(message, "")) return false;
    this.#receive(message, socket, head, listenerAddress(socket), "");
    return true;
  }

  // --- sockets and topics ---

  /** The sockets that are open now. */
  get sockets(): ReadonlySet<ServerSocket> {
    return this.#residents.sockets;
  }

  /**
   * Sends `data` to every socket that subscribed to `topic`, encoded once. Returns how many they are. Throws LocalError
   * LW_HUB_TOPIC_NAME for a name that cannot be one.
   */
  publish(topic: string, data: string | ArrayBuffer | ArrayBufferView, options: PublishOptions = {}): number {
    const payload = payloadOf(data);
    if (payload instanceof Blob) throw new TypeError("publish() takes text or bytes; read the Blob first.");
    return this.#hub.publish(topic, payload, options.except);
  }

  /** How many sockets hear `topic`. */
  subscriberCount(topic: string): number {
    return this.#hub.subscriberCount(topic);
  }

  /** The Prometheus text, for servers that serve it themselves. */
  metrics(): string {
    return this.#metrics.format(this.#gauges);
  }

  get #gauges(): Gauges {
    return readGauges(this.#residents, this.#hub, this.#runtime.budget, this.#line);
  }

  /** What there is and what passes, for whoever wants to see it. Made when first asked for; before, nothing is kept. */
  get inspection(): Inspection {
    return (this.#inspection ??= new Inspection({
      residents: this.#residents,
      line: this.#line,
      reports: this.#reports,
      runtime: this.#runtime,
      gauges: () => this.#gauges,
      drain: () => this.drain(),
    }));
  }

  // --- the way out ---

  /**
   * Stops gracefully: new upgrades and `/readyz` get 503, `drain` hooks are called, sockets close with 1012 over
   * `limits.drainSpreadMs`, what is left after `limits.drainTimeoutMs` is dropped. Then as close(). Resolves when all is done.
   */
  drain(): Promise<void> {
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  /** Closes every socket and listener of its own, lets go of the others'. Resolves when the last socket is gone. */
  close(options: CloseOptions = {}): Promise<void> {
    checkNames("close()", options, ["code", "reason"]);
    const { code = 1001, reason = "The server is going away." } = options;
    if (!isServerCloseCode(code)) {
      throw optionError(`close() got the code ${code}; expected one that a server may send, such as 1001 or 1012.`);
    }
    this.#closing ??= this.#close(code, reason, 0);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #drain(): Promise<void> {
    if (this.#residents.state === "open") this.#residents.state = "draining";
    const { limits } = this.#settings;
    const { clock } = this.#runtime;
    const line = this.#line;
    await Promise.all([
      sendAway(this.#residents, clock, limits),
      line === undefined ? undefined : sendSessionsAway(line, this.#residents, clock, limits),
    ]);
    this.#closing ??= this.#close(1012, "The service restarts.", drainGraceMs);
    await this.#closing;
  }

  async #close(code: number, reason: string, graceMs: number): Promise<void> {
    this.#residents.state = "closed";
    const timeoutMs = this.#settings.limits.closeTimeoutMs;
    const close = { code, reason, timeoutMs };
    const { clock } = this.#runtime;
    const closed = closeAll(this.#residents, clock, close);
    // What sessions have to say on their way out may need a request to say it in.
    const isLineEmpty = this.#line?.isEmpty ?? true;
    if (this.#line !== undefined && !isLineEmpty) await closeSessions(this.#line, this.#residents, clock, close);
    for (const detach of this.#detach) detach();
    this.#detach.clear();
    const freed = this.#front?.close(clock, isLineEmpty ? graceMs : drainGraceMs);
    await this.#line?.transportsGone(timeoutMs);
    await closed;
    await freed;
    this.#front = undefined;
    this.#inspection?.receiveServerClosed();
  }

  // --- inward ---

  #claims(message: IncomingMessage, mount: string): boolean {
    if (!isUpgradeAttempt(message)) return false;
    const target = parseTarget(message.url ?? "");
    if (target === undefined) return false;
    return this.#admission.match(target, mount) !== undefined || this.#admission.isLineUpgrade(message, target, mount);
  }

  #receive(
    message: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
    boundTo: string | undefined,
    mount: string,
  ): void {
    taken.add(socket);
    const arrival = { message, socket, head, boundTo, mount };
    new Candidate(this.#admission, this.#reports, arrival, this.#line).present();
  }

  /** An upgrade to something else than WebSocket, on our own listener: answered as the plain request it may be. */
  #replay(message: IncomingMessage, socket: Duplex, boundTo: string): boolean {
    return serveAsPlain(message, socket, (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response, boundTo);
    });
  }

  #answer(message: IncomingMessage, response: ServerResponse, boundTo: string): void {
    if (this.#desk?.receive(message, response, { boundTo, mount: "" }) === true) return;
    this.#plain.answer(message, response, boundTo);
  }

  readonly #release = (socket: ServerSocket): void => {
    const { received, sent } = socket.transportBytes;
    this.#metrics.bytesIn += received;
    this.#metrics.bytesOut += sent;
    // A channel is its session's: it has no place of its own.
    if (!socket.isChannel) this.#admission.leave(socket.request.remoteAddress);
    this.#residents.delete(socket);
  };
}

/** A server without routes and listeners yet. Throws LocalError for options that cannot be used, and says why. */
export function createServer<User = undefined>(options: ServerOptions<User> = {}): LongwireServer<User> {
  return new LongwireServer(options);
}
