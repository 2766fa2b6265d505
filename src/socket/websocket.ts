// The WHATWG WebSocket for Node: `new WebSocket(url, protocols)` as in browsers, and options where a program outside a
// browser needs them. WHATWG WebSockets §3. Makes the connection; what an open one does is the surface's.

import { LocalError, type LongwireError } from "../base/errors.ts";
import { type Limits, resolveClientLimits } from "../base/limits.ts";
import { isToken } from "../protocol/handshake/header-lists.ts";
import { parseWebSocketUrl } from "../protocol/handshake/websocket-url.ts";
import type { CloseOutcome } from "../base/carrier.ts";
import { Dial, type DialOptions, type TlsOptions } from "./dial.ts";
import { toText } from "../base/payload.ts";
import { defaultRuntime, type SocketRuntime } from "./runtime.ts";
import { exposeWebSocketInterface } from "../base/web-interface.ts";
import { WebSocketSurface } from "../base/websocket-surface.ts";

/** Headers as an object or a list of pairs; a list as a value repeats the header. */
export type HeaderInit = Iterable<readonly [name: string, value: string]> | Record<string, string | readonly string[]>;

/** What `new WebSocket()` of longwire/websocket takes besides the URL. */
export interface WebSocketOptions {
  /** Subprotocols in the order of preference. Default: none. */
  protocols?: string | Iterable<string>;
  /** Headers of the opening request, beside those of the handshake. Default: none. */
  headers?: HeaderInit;
  /** The Origin header. Browsers send it; other clients need not. Default: none. */
  origin?: string;
  /** Certificates and the like, as for Node's tls.connect. Default: certificates are verified, TLS 1.2 at least. */
  tls?: TlsOptions;
  /** From the name lookup to the end of the server's answer, in ms. Default: `limits.handshakeTimeoutMs`, 10,000. */
  handshakeTimeoutMs?: number;
  /** A preset, or the defaults with some of them replaced. Default: "default". */
  limits?: "default" | "public" | Partial<Limits>;
  /** Accept frame lengths that are not in their shortest form. Default: false. */
  lenientLength?: boolean;
  /** Gives up the connection attempt. Has no effect once the socket is open. Default: none. */
  signal?: AbortSignal;
  /** Refuse the ports that browsers refuse. Default: false. */
  blockPorts?: boolean;
  /**
   * Where exceptions of listeners go. By default they are thrown again outside, as the platform does for any EventTarget:
   * the process hears `uncaughtException`.
   */
  reportError?: (error: unknown) => void;
  /** Clock, randomness and memory budget, to be shared or replaced. Default: one for all clients of the process. */
  runtime?: SocketRuntime;
}

/**
 * A client's WebSocket. Throws SyntaxError for a URL or a subprotocol that is none, LocalError for options that cannot be
 * used. Everything that goes wrong later is told by an `error` event, `close` with 1006, and `cause`.
 */
export class WebSocket extends WebSocketSurface {
  readonly #reportError: ((error: unknown) => void) | undefined;
  #dial: Dial | undefined;
  #disobey: (() => void) | undefined;

  constructor(url: string | URL, protocols: string | Iterable<string> | WebSocketOptions = {}) {
    if (arguments.length === 0) throw new TypeError("new WebSocket() needs one argument, the URL.");
    const target = parseWebSocketUrl(url);
    const options = isOptions(protocols) ? protocols : { protocols };
    const limits = resolveClientLimits(options.limits);
    const dialOptions: DialOptions = {
      url: target,
      protocols: checkProtocols(options.protocols),
      headers: headerLines(options),
      tls: options.tls,
      handshakeTimeoutMs: checkTimeout(options.handshakeTimeoutMs ?? limits.handshakeTimeoutMs),
      blockPorts: options.blockPorts ?? false,
      limits,
      lenientLength: options.lenientLength ?? false,
      runtime: options.runtime ?? defaultRuntime(),
    };
    super(target.href, "blob");
    this.#reportError = options.reportError;
    this.#dial = new Dial(dialOptions, this, (carrier) => {
      this.#endDial();
      this.adopt(carrier);
      this.announceOpen();
    });
    if (options.signal !== undefined) this.#obey(options.signal);
  }

  protected override reportError(error: unknown): void {
    if (this.#reportError !== undefined) {
      this.#reportError(error);
      return;
    }
    queueMicrotask(() => {
      throw error;
    });
  }

  protected override abandon(cause: LongwireError): void {
    this.#dial?.abandon(cause);
  }

  override receiveClosed(outcome: CloseOutcome): void {
    this.#endDial();
    super.receiveClosed(outcome);
  }

  #obey(signal: AbortSignal): void {
    const give = (): void => {
      const message = "The signal gave the connection attempt up.";
      this.giveUp(new LocalError("LW_SOCKET_ABANDONED", message, { cause: signal.reason }));
    };
    if (signal.aborted) {
      give();
      return;
    }
    signal.addEventListener("abort", give, { once: true });
    this.#disobey = () => {
      signal.removeEventListener("abort", give);
    };
  }

  /** The attempt is over, either way: nothing of it is kept. */
  #endDial(): void {
    this.#dial = undefined;
    this.#disobey?.();
    this.#disobey = undefined;
  }
}

exposeWebSocketInterface(WebSocket);

/** Web IDL: an object with an iterator is a sequence of subprotocols, any other object the options. */
function isOptions(value: unknown): value is WebSocketOptions {
  return typeof value === "object" && value !== null && !(Symbol.iterator in value);
}

/** The subprotocols to offer. Throws SyntaxError for what is not a token and for doubles, whatever their case. */
function checkProtocols(given: string | Iterable<string> | undefined): string[] {
  if (given === undefined) return [];
  const sequence = typeof given === "object" && given !== null;
  const protocols = sequence ? Array.from(given, (each) => toText(each)) : [toText(given)];
  const seen = new Set<string>();
  for (const protocol of protocols) {
    // RFC 6455 §4.1: "MUST be non-empty strings with characters in the range U+0021 to U+007E not including separator characters"
    if (!isToken(protocol)) {
      throw new DOMException(`${JSON.stringify(protocol)} cannot be a subprotocol: it is not a token.`, "SyntaxError");
    }
    const lower = protocol.toLowerCase();
    if (seen.has(lower)) throw new DOMException(`The subprotocol ${protocol} is given twice.`, "SyntaxError");
    seen.add(lower);
  }
  return protocols;
}

function headerLines({ headers, origin }: WebSocketOptions): (readonly [name: string, value: string])[] {
  const lines: (readonly [string, string])[] = [];
  if (headers !== undefined && isIterable(headers)) {
    lines.push(...headers);
  } else if (headers !== undefined) {
    for (const [name, value] of Object.entries(headers)) {
      if (typeof value === "string") lines.push([name, value]);
      else for (const each of value) lines.push([name, each]);
    }
  }
  if (origin !== undefined) lines.push(["Origin", origin]);
  return lines;
}

function isIterable(headers: HeaderInit): headers is Iterable<readonly [string, string]> {
  return Symbol.iterator in headers;
}

function checkTimeout(value: number): number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new LocalError(
    "LW_SOCKET_TIMEOUT_INVALID",
    `handshakeTimeoutMs is ${String(value)}; expected a number above 0.`,
  );
}
