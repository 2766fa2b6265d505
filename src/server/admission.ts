// The one way in (RELIABILITY V-57): every handshake, from whichever listener, is judged here in one order, and the first
// objection is the answer. Cheap checks come before dear ones, and those that protect this server before those that protect
// its users:
//
//   draining 503 → capacity, rate, memory 503/429 → Host 421 → form of the request 400/405/426/431/505 → route 404
//   → origin 403 → authenticate (candidate.ts) → subprotocol → 101
//
// Only judges; candidate.ts waits, answers and lets in.

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { addressGroup } from "../base/address-group.ts";
import type { Limits } from "../base/limits.ts";
import { judgeUpgrade, type Refusal, type UpgradeOffer } from "../protocol/handshake/upgrade-request.ts";
import { LINE_PROTOCOL } from "../session/packet.ts";
import type { SocketRuntime } from "../socket/runtime.ts";
import { AddressGate, spareOf } from "./address-gate.ts";
import { headerValues, viewClient, type ClientView } from "./client-view.ts";
import { hostName, isLocalHost, isLoopback } from "./host.ts";
import type { Authenticate } from "./hooks.ts";
import { judgeOrigin, joinOrigins, type OriginEvidence, type OriginPolicy } from "./origin.ts";
import type { PeerRoute } from "./peer.ts";
import * as refusals from "./refusals.ts";
import type { Residents } from "./residents.ts";
import type { Router } from "./router.ts";
import { parseTarget, UpgradeRequest, type RequestTarget, type UpgradeFacts } from "./upgrade-request.ts";

/** A route as the admission needs it. */
export interface AdmissionRoute extends PeerRoute {
  readonly origins: OriginPolicy;
  readonly authenticate: Authenticate<unknown> | undefined;
}

export interface AdmissionRules {
  readonly limits: Limits;
  readonly runtime: SocketRuntime;
  readonly residents: Residents;
  readonly router: Router<AdmissionRoute>;
  /** Where sessions are asked for, as far as there are any. */
  readonly linePath?: string | undefined;
  /** Of the server; routes may have their own. */
  readonly origins: OriginPolicy;
  readonly authenticate: Authenticate<unknown> | undefined;
  readonly hosts: ReadonlySet<string>;
  /** How many proxies stand in front whose word is taken. */
  readonly proxyCount: number;
  readonly lenientLength: boolean;
}

/** A handshake as it came from a listener. */
export interface Arrival {
  readonly message: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Uint8Array;
  /** The address the listener is bound to, if it is known. */
  readonly boundTo: string | undefined;
  /** What the routes do not see of the path: the place where they are mounted. */
  readonly mount: string;
}

export interface Candidacy {
  readonly offer: UpgradeOffer;
  /** Undefined for a session, which asks for its routes later. */
  readonly route: AdmissionRoute | undefined;
  readonly request: UpgradeRequest;
}

/** A place among the connections that a server takes. */
export interface Place {
  /** For whom it counts: a session gives its place back by this alone, once. */
  readonly remoteAddress: string;
  /** Why no new session may have it: it is beyond the limits, for whoever comes back to a session that has its own. */
  readonly objection: Refusal | undefined;
  /** A session has it from now on. */
  keep(): void;
  /** Gives it back. Doing so again does nothing. */
  leave(): void;
}

/** What is known of whoever asks, before anything was judged. */
export interface Visit {
  readonly view: ClientView;
  readonly target: RequestTarget | undefined;
}

export class Admission {
  readonly rules: AdmissionRules;
  readonly #gate: AddressGate;
  /** What requests for sessions ask for, unless they came by a mount. */
  readonly #lineTarget: RequestTarget;
  /** Places that are taken. */
  #count = 0;
  /** Those of them that sessions have. */
  #keptCount = 0;
  #lineRules: (Pick<AdmissionRoute, "origins" | "authenticate"> & { readonly routeCount: number }) | undefined;

  constructor(rules: AdmissionRules) {
    this.rules = rules;
    this.#lineTarget = lineTarget("", rules.linePath);
    this.#gate = new AddressGate(rules.limits);
  }

  visit(message: IncomingMessage, socket: Duplex): Visit {
    return {
      view: viewClient(socket, message.rawHeaders, this.rules.proxyCount),
      target: parseTarget(message.url ?? ""),
    };
  }

  /**
   * Whether there is room for `visit`. Whoever gets in counts until leave() with the same address. While the server drains
   * only those may come in who may have a session here already, and when it is full some of them.
   */
  enter(visit: Visit, mayResume = false): Refusal | undefined {
    const { limits, residents, runtime } = this.rules;
    const { maxConnections } = limits;
    const seconds = (): number => refusals.spreadSeconds(runtime.random);
    const isOpen = residents.state === "open" || (mayResume && residents.state === "draining");
    if (!isOpen) return refusals.draining(seconds());
    const spare = mayResume ? spareOf(maxConnections, this.#keptCount) : 0;
    if (maxConnections > 0 && this.#count >= maxConnections + spare) return refusals.full(seconds());
    if (runtime.budget.exhausted) return refusals.memoryShort(seconds());
    switch (this.#gate.enter(addressGroup(visit.view.remoteAddress), runtime.clock.now(), mayResume)) {
      case "maxConnectionsPerAddress":
        return refusals.addressFull(seconds());
      case "connectsPerSecondPerAddress":
        return refusals.addressRate(seconds());
      case "pass":
        this.#count += 1;
        return undefined;
    }
  }

  /** The same as a value that is given back once. */
  take(visit: Visit, mayResume: boolean): Place | Refusal {
    const objection = this.enter(visit, mayResume);
    return objection ?? this.placeOf(visit);
  }

  /** The place that enter() gave, as a value. */
  placeOf(visit: Visit): Place {
    return new TakenPlace(this, visit.view.remoteAddress, this.#objectionTo(visit));
  }

  /** Of who has just entered: what a new session would be told. */
  #objectionTo({ view }: Visit): Refusal | undefined {
    const { limits, runtime } = this.rules;
    const { maxConnections } = limits;
    if (maxConnections > 0 && this.#count > maxConnections)
      return refusals.full(refusals.spreadSeconds(runtime.random));
    if (!this.#gate.isCrowded(addressGroup(view.remoteAddress))) return undefined;
    return refusals.addressFull(refusals.spreadSeconds(runtime.random));
  }

  keep(remoteAddress: string): void {
    this.#keptCount += 1;
    this.#gate.keep(addressGroup(remoteAddress));
  }

  leave(remoteAddress: string, wasKept = false): void {
    this.#count -= 1;
    if (wasKept) this.#keptCount -= 1;
    this.#gate.leave(addressGroup(remoteAddress), this.rules.runtime.clock.now(), wasKept);
  }

  /** What every plain request must be: not too many header lines, and for a host that is served here. */
  judgeHeaders(rawHeaders: readonly string[], boundTo: string | undefined): Refusal | undefined {
    if (rawHeaders.length > 2 * this.rules.limits.maxHeaders) return refusals.tooManyHeaders;
    return this.judgeHost(rawHeaders, boundTo);
  }

  /** Whether a request with this Host may be answered by a server bound to `boundTo`. */
  judgeHost(rawHeaders: readonly string[], boundTo: string | undefined): Refusal | undefined {
    if (boundTo === undefined || !isLoopback(boundTo)) return undefined;
    // A missing or repeated Host is a matter of form.
    const [host, ...others] = headerValues(rawHeaders, "host");
    if (host === undefined || others.length > 0) return undefined;
    return isLocalHost(host, this.rules.hosts) ? undefined : refusals.misdirected;
  }

  /** Everything between the capacity and the first hook. */
  judge(arrival: Arrival, visit: Visit): Candidacy | Refusal {
    const { message, boundTo, mount } = arrival;
    const misdirected = this.judgeHost(message.rawHeaders, boundTo);
    if (misdirected !== undefined) return misdirected;
    const offer = judgeUpgrade(
      {
        method: message.method ?? "",
        httpVersion: message.httpVersion,
        url: message.url ?? "",
        rawHeaders: message.rawHeaders,
      },
      this.rules.limits,
    );
    if ("status" in offer) return offer;
    const { view, target } = visit;
    const host = hostName(view.host) === undefined ? offer.host : view.host;
    if (hostName(host) === undefined) return refusals.hostBroken;
    const match = target === undefined ? undefined : this.match(target, mount);
    const asksForLine = this.rules.linePath !== undefined && offer.protocols.includes(LINE_PROTOCOL);
    if (target === undefined) return refusals.unroutable;
    if (match === undefined && !(asksForLine && this.isLinePath(target, mount))) return refusals.unroutable;
    const { origins, authenticate } = asksForLine || match === undefined ? this.lineRules : match.value;
    const why = judgeOrigin(evidenceOf(message.rawHeaders, host, view.secure, authenticate !== undefined), origins);
    if (why !== undefined) return refusals.originRefused(why);
    const facts = {
      host,
      secure: view.secure ?? false,
      origin: offer.origin,
      remoteAddress: view.remoteAddress,
      rawHeaders: message.rawHeaders,
    };
    if (asksForLine || match === undefined) {
      return { offer, route: undefined, request: this.lineRequest(facts, mount) };
    }
    const { params, value: route } = match;
    return { offer, route, request: new UpgradeRequest({ ...facts, target, protocols: offer.protocols, params }) };
  }

  // --- sessions: their transports are judged here, their channels by channel-door.ts ---

  /** Whether this asks for a session at the line's own address. */
  isLineUpgrade(message: IncomingMessage, target: RequestTarget, mount: string): boolean {
    return this.offersLine(message) && this.isLinePath(target, mount);
  }

  /** Whether a request speaks of sessions, at whatever address. */
  offersLine(message: IncomingMessage): boolean {
    if (this.rules.linePath === undefined) return false;
    const offered = headerValues(message.rawHeaders, "sec-websocket-protocol").flatMap((value) => value.split(","));
    return offered.some((name) => name.trim() === LINE_PROTOCOL);
  }

  /** Whether `target` is the base path of the line, seen from where the routes are mounted. */
  isLinePath(target: RequestTarget, mount: string): boolean {
    return target.path === `${mount}${this.rules.linePath ?? ""}`;
  }

  /**
   * What holds for a session: it may come from wherever one of the routes lets somebody in, and who it is only the server asks.
   * Each route judges again, and asks with an `authenticate` of its own.
   */
  get lineRules(): Pick<AdmissionRoute, "origins" | "authenticate"> {
    const { origins, authenticate, router } = this.rules;
    const routes = router.values;
    if (this.#lineRules?.routeCount === routes.length) return this.#lineRules;
    this.#lineRules = {
      routeCount: routes.length,
      origins: joinOrigins([origins, ...routes.map((route) => route.origins)]),
      authenticate,
    };
    return this.#lineRules;
  }

  /** The request of a session as hooks see it: the same on every transport, whichever address it came by. */
  lineRequest(facts: Omit<UpgradeFacts<unknown>, "target" | "protocols" | "params">, mount: string): UpgradeRequest {
    const target = mount === "" ? this.#lineTarget : lineTarget(mount, this.rules.linePath);
    return new UpgradeRequest({ ...facts, target, protocols: noProtocols, params: noParams });
  }

  /** The origin of one request of a session over HTTP. Every one is judged; one with a ticket may leave Origin out. */
  judgeLineOrigin(rawHeaders: readonly string[], view: ClientView, hasTicket: boolean): Refusal | undefined {
    const { origins, authenticate } = this.lineRules;
    const evidence = evidenceOf(rawHeaders, view.host, view.secure, authenticate !== undefined && !hasTicket);
    const why = judgeOrigin(evidence, origins);
    return why === undefined ? undefined : refusals.originRefused(why);
  }

  /** The route at `target`, seen from where the routes are mounted. */
  match(target: RequestTarget, mount: string): ReturnType<Router<AdmissionRoute>["match"]> {
    const { path } = target;
    if (mount === "") return this.rules.router.match(path);
    if (path !== mount && !path.startsWith(`${mount}/`)) return undefined;
    return this.rules.router.match(path.slice(mount.length) || "/");
  }
}

/** A session offers and names nothing of this kind: all of them share these. */
const noProtocols: readonly string[] = [];
const noParams = {};

function lineTarget(mount: string, linePath = ""): RequestTarget {
  return { path: `${mount}${linePath}`, search: "" };
}

class TakenPlace implements Place {
  #admission: Admission | undefined;
  readonly remoteAddress: string;
  readonly objection: Refusal | undefined;
  #isKept = false;

  constructor(admission: Admission, remoteAddress: string, objection: Refusal | undefined) {
    this.#admission = admission;
    this.remoteAddress = remoteAddress;
    this.objection = objection;
  }

  keep(): void {
    if (this.#isKept) return;
    this.#isKept = true;
    this.#admission?.keep(this.remoteAddress);
  }

  leave(): void {
    const admission = this.#admission;
    this.#admission = undefined;
    admission?.leave(this.remoteAddress, this.#isKept);
  }
}

/** What the headers of a request say about where it comes from. */
export function evidenceOf(
  rawHeaders: readonly string[],
  host: string,
  secure: boolean | undefined,
  asksWho: boolean,
): OriginEvidence {
  return {
    origins: headerValues(rawHeaders, "origin"),
    fetchSite: headerValues(rawHeaders, "sec-fetch-site").at(-1),
    host,
    secure,
    cookieIdentifies: asksWho && headerValues(rawHeaders, "cookie").some((value) => value !== ""),
  };
}
