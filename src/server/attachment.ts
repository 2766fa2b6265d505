// Our place on an HTTP server that somebody else runs: Express, Fastify, Hono. Claims a request only if it asks for a
// WebSocket at one of our routes; everything else stays with whoever else listens. If nobody else does, an upgrade that is
// not ours must not hang, since Node leaves it to its listeners entirely (ECOSYSTEM §5.2).

import { ServerResponse, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { isUpgradeAttempt } from "../protocol/handshake/upgrade-request.ts";
import { ignoreError } from "./last-answer.ts";
import { optionError } from "./options.ts";
import { normalPath } from "./route-pattern.ts";

/** One Longwire server on somebody's HTTP server. */
export interface Claimant {
  /** Whether this request asks for a WebSocket at one of its routes. */
  claims(message: IncomingMessage): boolean;
  receiveUpgrade(message: IncomingMessage, socket: Duplex, head: Uint8Array): void;
  /** Answers a plain request if it is for the line; false, and nothing happens to it, if it is not. */
  receiveRequest(message: IncomingMessage, response: ServerResponse): boolean;
  /** It asks for a WebSocket where nobody has one. */
  refuseUnclaimed(message: IncomingMessage, socket: Duplex, head: Uint8Array): void;
}

type UpgradeDecision = (this: Server, message: IncomingMessage) => boolean;

/** Newer versions of Node ask before they take a request for an upgrade. */
interface DecidingServer extends Server {
  shouldUpgradeCallback?: UpgradeDecision;
}

/** All of ours on one HTTP server share one listener, so that none mistakes another for a stranger. */
class Reception {
  readonly claimants: Set<Claimant> = new Set();
  readonly #server: DecidingServer;
  readonly #decideBefore: UpgradeDecision | undefined;
  readonly #emitBefore: Server["emit"];
  /** Whether somebody else had put theirs before the class's own. */
  readonly #ownedEmit: boolean;

  constructor(server: DecidingServer) {
    this.#server = server;
    this.#emitBefore = Reflect.get(server, "emit");
    this.#ownedEmit = Object.hasOwn(server, "emit");
    server.on("upgrade", this.#receive);
    // Listeners of 'request' cannot stop one another, and the application's may be added later: what is ours never gets there.
    server.emit = this.#emit;
    this.#decideBefore = server.shouldUpgradeCallback;
    if (this.#decideBefore !== undefined) server.shouldUpgradeCallback = this.#decide;
  }

  leave(): void {
    this.#server.off("upgrade", this.#receive);
    if (this.#server.emit === this.#emit) {
      if (this.#ownedEmit) this.#server.emit = this.#emitBefore;
      else Reflect.deleteProperty(this.#server, "emit");
    }
    if (this.#decideBefore !== undefined && this.#server.shouldUpgradeCallback === this.#decide) {
      this.#server.shouldUpgradeCallback = this.#decideBefore;
    }
  }

  get #isAlone(): boolean {
    return this.#server.listenerCount("upgrade") === 1;
  }

  /** A request that nobody wants to upgrade is served as if it had not asked. */
  readonly #decide = (message: IncomingMessage): boolean => {
    if (isUpgradeAttempt(message)) return true;
    return !this.#isAlone && this.#decideBefore?.call(this.#server, message) === true;
  };

  readonly #emit = (event: string, ...given: unknown[]): boolean => {
    if (event === "request") {
      const [message, response] = given as [IncomingMessage, ServerResponse];
      for (const claimant of this.claimants) {
        if (claimant.receiveRequest(message, response)) return true;
      }
    }
    return Reflect.apply(this.#emitBefore, this.#server, [event, ...given]) as boolean;
  };

  readonly #receive = (message: IncomingMessage, socket: Duplex, head: Buffer): void => {
    for (const claimant of this.claimants) {
      if (!claimant.claims(message)) continue;
      claimant.receiveUpgrade(message, socket, head);
      return;
    }
    if (!this.#isAlone) return;
    const [first] = this.claimants;
    if (first === undefined) return;
    const serve: RequestListener = (request, response) => void this.#server.emit("request", request, response);
    if (isUpgradeAttempt(message) || !serveAsPlain(message, socket, serve))
      first.refuseUnclaimed(message, socket, head);
  };
}

const receptions = new WeakMap<Server, Reception>();

/** Lets `claimant` in on the upgrades of `server`; returns what ends that. */
export function attachTo(server: Server, claimant: Claimant): () => void {
  let reception = receptions.get(server);
  if (reception === undefined) {
    reception = new Reception(server);
    receptions.set(server, reception);
  }
  const shared = reception;
  shared.claimants.add(claimant);
  return () => {
    shared.claimants.delete(claimant);
    if (shared.claimants.size > 0) return;
    shared.leave();
    receptions.delete(server);
  };
}

/**
 * Answers a request for another protocol (`Upgrade: h2c`) over HTTP/1.1, as RFC 9110 §7.8 lets a server do and as Node does
 * where nobody listens for upgrades. False if the request cannot be replayed: it may have a body.
 */
export function serveAsPlain(message: IncomingMessage, socket: Duplex, serve: RequestListener): boolean {
  if (message.method !== "GET" && message.method !== "HEAD") return false;
  const { "content-length": length, "transfer-encoding": coding } = message.headers;
  if (length !== undefined || coding !== undefined) return false;
  const response = new ServerResponse(message);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Parameters<ServerResponse["assignSocket"]>[0]);
  socket.on("error", ignoreError);
  response.on("finish", () => {
    socket.end(() => {
      socket.destroy();
    });
  });
  // A request without a body is complete: whoever waits for its end gets it.
  message.push(null);
  serve(message, response);
  return true;
}

/** Where routes begin, without a slash at its end; empty for the root. */
export function mountPath(path: string | undefined): string {
  if (path === undefined || path === "/") return "";
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw optionError(`path is ${JSON.stringify(path)}; expected one that begins with "/", such as "/realtime".`);
  }
  return normalPath(path).replace(/\/$/, "");
}

/** The address that the listener of `socket` is bound to; failing that, the one it came in by. */
export function listenerAddress(socket: Duplex): string | undefined {
  const { server, localAddress } = socket as {
    server?: { address?: () => { address?: string } | string | null };
    localAddress?: string;
  };
  const address = server?.address?.();
  return typeof address === "object" ? address?.address : typeof address === "string" ? undefined : localAddress;
}
