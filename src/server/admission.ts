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
import type { Limits } from "../base/limits.ts";
import { judgeUpgrade, type Refusal, type UpgradeOffer } from "../protocol/handshake/upgrade-request.ts";
import type { SocketRuntime } from "../socket/runtime.ts";
import { AddressGate } from "./address-gate.ts";
import { addressGroup, headerValues, viewClient, type ClientView } from "./client-view.ts";
import { hostName, isLocalHost, isLoopback } from "./host.ts";
import type { Authenticate } from "./hooks.ts";
import { judgeOrigin, type OriginPolicy } from "./origin.ts";
import type { PeerRoute } from "./peer.ts";
import * as refusals from "./refusals.ts";
import type { Residents } from "./residents.ts";
import type { Router } from "./router.ts";
import { parseTarget, UpgradeRequest, type RequestTarget } from "./upgrade-request.ts";

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
  readonly route: AdmissionRoute;
  readonly request: UpgradeRequest;
}

/** What is known of whoever asks, before anything was judged. */
export interface Visit {
  readonly view: ClientView;
  readonly target: RequestTarget | undefined;
}

export class Admission {
  readonly rules: AdmissionRules;
  readonly #gate: AddressGate;

  constructor(rules: AdmissionRules) {
    this.rules = rules;
    this.#gate = new AddressGate(rules.limits);
  }

  visit(message: IncomingMessage, socket: Duplex): Visit {
    return {
      view: viewClient(socket, message.rawHeaders, this.rules.proxyCount),
      target: parseTarget(message.url ?? ""),
    };
  }

  /** Whether there is room for `visit`. Whoever gets in counts until leave() with the same address. */
  enter(visit: Visit): Refusal | undefined {
    const { limits, residents, runtime } = this.rules;
    const seconds = (): number => refusals.spreadSeconds(runtime.random);
    if (residents.state !== "open") return refusals.draining(seconds());
    if (limits.maxConnections > 0 && residents.count >= limits.maxConnections) return refusals.full(seconds());
    if (runtime.budget.exhausted) return refusals.memoryShort(seconds());
    switch (this.#gate.enter(addressGroup(visit.view.remoteAddress), runtime.clock.now())) {
      case "maxConnectionsPerAddress":
        return refusals.addressFull(seconds());
      case "connectsPerSecondPerAddress":
        return refusals.addressRate(seconds());
      case "pass":
        return undefined;
    }
  }

  leave(remoteAddress: string): void {
    this.#gate.leave(addressGroup(remoteAddress), this.rules.runtime.clock.now());
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
    if (target === undefined || match === undefined) return refusals.unroutable;
    const route = match.value;
    const why = judgeOrigin(
      {
        origins: headerValues(message.rawHeaders, "origin"),
        fetchSite: headerValues(message.rawHeaders, "sec-fetch-site").at(-1),
        host,
        secure: view.secure,
        cookieIdentifies:
          route.authenticate !== undefined && headerValues(message.rawHeaders, "cookie").some((value) => value !== ""),
      },
      route.origins,
    );
    if (why !== undefined) return refusals.originRefused(why);
    const request = new UpgradeRequest({
      target,
      host,
      secure: view.secure ?? false,
      origin: offer.origin,
      remoteAddress: view.remoteAddress,
      protocols: offer.protocols,
      params: match.params,
      rawHeaders: message.rawHeaders,
    });
    return { offer, route, request };
  }

  /** The route at `target`, seen from where the routes are mounted. */
  match(target: RequestTarget, mount: string): ReturnType<Router<AdmissionRoute>["match"]> {
    const { path } = target;
    if (mount === "") return this.rules.router.match(path);
    if (path !== mount && !path.startsWith(`${mount}/`)) return undefined;
    return this.rules.router.match(path.slice(mount.length) || "/");
  }
}
