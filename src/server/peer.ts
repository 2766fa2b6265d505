// A connection as the server's handlers see it: the WHATWG WebSocket, plus who is on the other end and which topics it
// hears. Calls the route's hooks and keeps what they throw from harming anyone else (RELIABILITY V-35). Knows nothing of
// handshakes: it is born open. Driven by its carrier.

import { isApplicationCloseCode, isWireCloseCode } from "../base/close-codes.ts";
import { LocalError } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import type { Codec, Hub, Subscriber } from "../hub/hub.ts";
import { encodeMessageFrame } from "../protocol/frame-encoder.ts";
import type { CloseOutcome, Delivery, FrameCarrier, Pressure } from "../base/carrier.ts";
import { checkCloseArguments } from "../base/close-arguments.ts";
import type { Sendable } from "../base/payload.ts";
import { type MessageData, WebSocketSurface } from "../base/websocket-surface.ts";
import * as channels from "./diagnostics.ts";
import type { RouteContext, RouteHooks } from "./hooks.ts";
import type { Reports } from "./reports.ts";
import type { PathParams } from "./route-pattern.ts";
import { isThenable } from "./thenable.ts";
import type { UpgradeRequest } from "./upgrade-request.ts";

/** The hooks as the sockets of one route see them, whatever their types are to the application. */
export type PeerHooks = RouteHooks<ServerSocket, unknown, PathParams<string>>;

/** What the sockets of one route share. */
export interface PeerRoute {
  readonly pattern: string;
  readonly hooks: PeerHooks;
  readonly hub: Hub;
  readonly reports: Reports;
  readonly limits: Limits;
  /** Called once, when `socket` has closed and its last hook was called. */
  release(socket: ServerSocket): void;
}

// Plain WebSocket: every receiver gets the same unmasked frame.
const frameCodec: Codec = { encode: encodeMessageFrame };

/** An open connection. `User` is what `authenticate` returned, `Params` what the route's path gave. */
export class ServerSocket<User = unknown, Params = PathParams<string>, Data = unknown>
  extends WebSocketSurface
  implements Subscriber
{
  readonly #frames: FrameCarrier;
  readonly #route: PeerRoute;
  readonly #request: UpgradeRequest;
  readonly #user: unknown;
  readonly #transport: object | undefined;
  #data: Data | undefined;
  /** While the `open` hook is pending: what messages wait for. */
  #opening: Promise<void> | undefined;
  #endOpening: (() => void) | undefined;
  #failed = false;

  /** @internal `transport` is the stream underneath; its bytes are counted. A channel has none: its session counts. */
  constructor(
    carrier: FrameCarrier,
    route: PeerRoute,
    request: UpgradeRequest,
    user: unknown,
    transport: object | undefined,
  ) {
    super(request.href, "arraybuffer");
    this.#frames = carrier;
    this.#route = route;
    this.#request = request;
    this.#user = user;
    this.#transport = transport;
    this.adopt(carrier);
  }

  // --- what handlers use ---

  /** What the pattern of its route named. */
  get params(): Params {
    return this.#request.params as Params;
  }

  /** What `authenticate` returned. */
  get user(): User {
    return this.#user as User;
  }

  /** The request that opened this connection. */
  get request(): UpgradeRequest<Params> {
    return this.#request as UpgradeRequest<unknown> as UpgradeRequest<Params>;
  }

  /** A place for the application; nothing here reads it. */
  get data(): Data {
    return this.#data as Data;
  }

  set data(value: Data) {
    this.#data = value;
  }

  /** As the standard has it, and besides it tells what became of the message. Bytes are copied before it returns. */
  override send(data: Sendable): Pressure {
    const pressure = super.send(data);
    if (pressure !== "dropped") {
      this.#route.reports.metrics.messagesOut += 1;
      if (channels.messageOut.hasSubscribers) channels.messageOut.publish({ socket: this, data });
    }
    return pressure;
  }

  /**
   * Hears what is published to `topic` from now on, until it unsubscribes or closes. False if it did already or is closing.
   * Throws LocalError LW_SERVER_TOPIC_LIMIT at `limits.maxTopicsPerSocket`.
   */
  subscribe(topic: string): boolean {
    if (this.readyState !== this.OPEN) return false;
    const { hub, limits, reports } = this.#route;
    if (hub.topicCountOf(this) >= limits.maxTopicsPerSocket) {
      reports.metrics.countLimit("LW_SERVER_TOPIC_LIMIT");
      throw new LocalError(
        "LW_SERVER_TOPIC_LIMIT",
        `This socket hears ${limits.maxTopicsPerSocket} topics, as many as limits.maxTopicsPerSocket allows. ` +
          "Unsubscribe from what is no longer needed, or raise the limit.",
      );
    }
    return hub.subscribe(topic, this);
  }

  /** False if it did not hear `topic`. */
  unsubscribe(topic: string): boolean {
    return this.#route.hub.unsubscribe(topic, this);
  }

  /**
   * As the standard has it, and a server may also say why with the codes of RFC 6455 §7.4.1: 1001 to 1003, 1007 to 1009,
   * 1011 to 1014.
   */
  override close(code?: number, reason?: string): void {
    if (code === undefined || isApplicationCloseCode(code) || !isServerCloseCode(code)) {
      super.close(code, reason);
    } else {
      this.beginClose(code, checkCloseArguments(1000, reason).reason);
    }
  }

  /** The topics it hears, in the order of subscribing. */
  get topics(): string[] {
    return [...this.#route.hub.topicsOf(this)];
  }

  /** The pattern of the route it came in by. */
  get route(): string {
    return this.#route.pattern;
  }

  // --- for the server ---

  /** @internal */
  get codec(): Codec {
    return frameCodec;
  }

  /** @internal Bytes of its stream so far, both ways. */
  get transportBytes(): { readonly received: number; readonly sent: number } {
    const { bytesRead, bytesWritten } = (this.#transport ?? {}) as { bytesRead?: number; bytesWritten?: number };
    return { received: bytesRead ?? 0, sent: bytesWritten ?? 0 };
  }

  /** @internal What carries it, and the stream underneath if that is its own: for whoever looks on. */
  get underneath(): { readonly carrier: FrameCarrier; readonly stream: object | undefined } {
    return { carrier: this.#frames, stream: this.#transport };
  }

  /** @internal Whether it is a channel of a session rather than a connection of its own. */
  get isChannel(): boolean {
    return this.#transport === undefined;
  }

  /** @internal Calls the `open` hook. Before any message arrives. */
  open(): void {
    const { hooks, reports } = this.#route;
    reports.opened(this);
    if (hooks.open === undefined) return;
    const request = this.#request;
    const context: RouteContext<unknown, PathParams<string>> = { params: request.params, user: this.#user, request };
    const opening = this.#call("open", () => hooks.open?.(this.#asPeer, context));
    // A loop over the messages in the hook waits for them: they do not wait for it.
    if (opening === undefined || this.isIterated) return;
    this.#opening = new Promise((resolve) => {
      this.#endOpening = (): void => {
        this.#opening = undefined;
        this.#endOpening = undefined;
        resolve();
      };
    });
    void opening.then(() => this.#endOpening?.());
  }

  /** @internal What messages wait for: the `open` hook, while it is pending. */
  get opening(): Promise<void> | undefined {
    return this.#opening;
  }

  override [Symbol.asyncIterator](): AsyncIterableIterator<MessageData> {
    const messages = super[Symbol.asyncIterator]();
    this.#endOpening?.();
    return messages;
  }

  /** @internal Calls the `drain` hook. */
  announceDrain(): void {
    const { hooks } = this.#route;
    if (hooks.drain !== undefined) void this.#call("drain", () => hooks.drain?.(this.#asPeer));
  }

  /** @internal A close the standard leaves to the library: any code that may travel. */
  dismiss(code: number, reason: string): void {
    this.beginClose(code, reason);
  }

  /** @internal terminate() with a reason. */
  drop(cause: LocalError): void {
    this.carrier?.terminate(cause);
  }

  /** @internal */
  deliver(encoded: Uint8Array): void {
    if (this.carrier === undefined || this.#frames.sendFrame(encoded) === "dropped") return;
    this.#route.reports.metrics.messagesOut += 1;
    if (channels.messageOut.hasSubscribers) channels.messageOut.publish({ socket: this, data: encoded });
  }

  // --- inward: called by the carrier ---

  override receiveMessage(data: string | Uint8Array): Delivery {
    this.#route.reports.metrics.messagesIn += 1;
    if (channels.messageIn.hasSubscribers) channels.messageIn.publish({ socket: this, data });
    if (this.#opening === undefined) return this.#receive(data);
    return this.#opening.then(() => this.#receive(data));
  }

  override receivePing(payload: Uint8Array): void {
    const { hooks } = this.#route;
    if (hooks.ping !== undefined) void this.#call("ping", () => hooks.ping?.(this.#asPeer, payload));
    super.receivePing(payload);
  }

  override receivePong(payload: Uint8Array): void {
    const { hooks } = this.#route;
    if (hooks.pong !== undefined) void this.#call("pong", () => hooks.pong?.(this.#asPeer, payload));
    super.receivePong(payload);
  }

  override receiveClosed(outcome: CloseOutcome): void {
    const { hooks, hub, reports } = this.#route;
    hub.drop(this);
    super.receiveClosed(outcome);
    reports.closed(this, this.#request, outcome);
    if (hooks.close !== undefined) {
      void this.#call("close", () => hooks.close?.(this.#asPeer, outcome.code, outcome.reason));
    }
    this.#route.release(this.#asPeer);
  }

  protected override reportError(error: unknown): void {
    this.#fail("a listener", error);
  }

  /** Hooks were given with the application's types; inside the house they are all alike. */
  get #asPeer(): ServerSocket {
    return this as ServerSocket<unknown, unknown, unknown> as ServerSocket;
  }

  #receive(data: string | Uint8Array): Delivery {
    const { hooks } = this.#route;
    if (hooks.message === undefined) return super.receiveMessage(data);
    if (this.readyState !== this.OPEN) return undefined;
    try {
      const result = hooks.message(this.#asPeer, data);
      return isThenable(result) ? this.#settled("the message hook", result) : undefined;
    } catch (error) {
      this.#fail("the message hook", error);
      return undefined;
    }
  }

  /** Runs a hook. A promise it returns comes back as one that never rejects. */
  #call(hook: string, run: () => unknown): PromiseLike<unknown> | undefined {
    try {
      const result = run();
      return isThenable(result) ? this.#settled(`the ${hook} hook`, result) : undefined;
    } catch (error) {
      this.#fail(`the ${hook} hook`, error);
      return undefined;
    }
  }

  #settled(where: string, result: PromiseLike<unknown>): PromiseLike<unknown> {
    return Promise.resolve(result).then(undefined, (error: unknown) => {
      this.#fail(where, error);
    });
  }

  /** A handler threw: tells whoever shall know, and ends this connection and no other. */
  #fail(where: string, error: unknown): void {
    const { hooks, reports, pattern } = this.#route;
    // The hook hears why the connection ended; what other handlers throw on the way out is logged.
    if (hooks.error === undefined || this.#failed) {
      reports.threw(`${where} of route ${pattern}`, error);
    } else {
      this.#failed = true;
      reports.threwToHook();
      try {
        const result = hooks.error(this.#asPeer, error);
        if (isThenable(result)) {
          result.then(undefined, (second: unknown) => {
            reports.threw(`the error hook of route ${pattern}`, second);
          });
        }
      } catch (second) {
        reports.threw(`the error hook of route ${pattern}`, second);
      }
    }
    // RFC 6455 §7.4.1: "it encountered an unexpected condition that prevented it from fulfilling the request"
    this.dismiss(1011, "The server met an error of its own.");
  }
}

/** Whether a server may close with `code`: those that may travel, without the one only clients send. */
export function isServerCloseCode(code: number): boolean {
  return isWireCloseCode(code) && code !== 1010;
}
