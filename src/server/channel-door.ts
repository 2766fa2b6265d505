// Decides about the channels of one session (wire/channels-v1 §5.5): routed like a request URL, judged by the route's own rules
// with the session's client, and then a socket like any other. A route without an `authenticate` of its own trusts what the
// session's admission found out; with one it asks once per channel.

import { addressGroup } from "../base/address-group.ts";
import type { CarrierOwner } from "../base/carrier.ts";
import { LocalError } from "../base/errors.ts";
import type { ChannelRequest, Movable } from "../channels/home.ts";
import { decodeClaim, type OutboxClaim } from "../channels/outbox-terms.ts";
import type { ServerChannel } from "../channels/server-channel.ts";
import type { ChannelDecision } from "../channels/server-mux.ts";
import type { Refusal } from "../protocol/handshake/upgrade-request.ts";
import { type Admission, type AdmissionRoute, evidenceOf } from "./admission.ts";
import { authenticate, type Verdict } from "./authentication.ts";
import type { DedupeWindow, OutboxKey } from "./dedupe-window.ts";
import { HandledOnce } from "./handled-once.ts";
import type { Guest } from "./line-rules.ts";
import { judgeOrigin } from "./origin.ts";
import { PacedOwner } from "./paced-owner.ts";
import { ServerSocket } from "./peer.ts";
import * as refusals from "./refusals.ts";
import type { Reports } from "./reports.ts";
import type { Waiting } from "./residents.ts";
import { settleProtocol } from "./subprotocol.ts";
import { parseTarget, type UpgradeRequest } from "./upgrade-request.ts";

/** A request that has found its route. */
interface Entrant {
  readonly route: AdmissionRoute;
  readonly request: UpgradeRequest;
  readonly guest: Guest;
  readonly claim: OutboxClaim | undefined;
}

export class ChannelDoor {
  readonly #admission: Admission;
  readonly #reports: Reports;
  readonly #window: DedupeWindow;

  constructor(admission: Admission, reports: Reports, window: DedupeWindow) {
    this.#window = window;
    this.#admission = admission;
    this.#reports = reports;
  }

  /** Decides about the channel that the session of `guest` asks for. */
  open(asked: ChannelRequest, guest: Guest): ChannelDecision | Promise<ChannelDecision> {
    const { residents, runtime, limits } = this.#admission.rules;
    const seconds = refusals.spreadSeconds(runtime.random);
    const target = asked.path.startsWith("/") ? parseTarget(asked.path) : undefined;
    const shown = guest.request.derive({ target: target ?? noTarget, protocols: asked.protocols, params: {} });
    if (residents.state !== "open") return this.#refuse(shown, refusals.draining(seconds));
    if (runtime.budget.exhausted) return this.#refuse(shown, refusals.memoryShort(seconds));
    const match = target === undefined ? undefined : this.#admission.match(target, guest.mount);
    if (match === undefined) return this.#refuse(shown, refusals.unroutable);
    const { value: route, params } = match;
    const request = shown.derive({ params });
    const why = this.#judgeOrigin(route, request);
    if (why !== undefined) return this.#refuse(request, refusals.originRefused(why));
    const claim = asked.continues === true || route.hooks.outbox === false ? undefined : decodeClaim(asked.parameters);
    if (claim === "malformed") return this.#refuse(request, refusals.outboxMalformed);
    const entrant: Entrant = { route, request, guest, claim };
    const hook = route.authenticate;
    if (hook === undefined) return this.#admit(entrant, undefined);
    if (hook === this.#admission.rules.authenticate) return this.#admit(entrant, guest.user);
    const verdict = authenticate(hook, request, limits.authenticateTimeoutMs, runtime.clock);
    if ("kind" in verdict) return this.#decide(entrant, verdict);
    return this.#await(entrant, verdict);
  }

  #judgeOrigin(route: AdmissionRoute, request: UpgradeRequest): string | undefined {
    const asksWho = route.authenticate !== undefined;
    // Not known to be encrypted is not known to be clear.
    const evidence = evidenceOf(request.rawHeaders, request.host, request.secure ? true : undefined, asksWho);
    return judgeOrigin(evidence, route.origins);
  }

  #await(entrant: Entrant, verdict: Promise<Verdict>): Promise<ChannelDecision> {
    const { request } = entrant;
    const { residents, runtime } = this.#admission.rules;
    return new Promise((resolve) => {
      const waiting: Waiting = {
        turnAway: () => {
          residents.waiting.delete(waiting);
          request.abandon(new LocalError("LW_SERVER_DRAINING", "The server is shutting down."));
          resolve(this.#refuse(request, refusals.draining(refusals.spreadSeconds(runtime.random))));
        },
      };
      residents.waiting.add(waiting);
      void verdict.then((result) => {
        // Turned away meanwhile: what the hook found out is of no interest.
        if (residents.waiting.delete(waiting)) resolve(this.#decide(entrant, result));
      });
    });
  }

  #decide(entrant: Entrant, verdict: Verdict): ChannelDecision {
    const { route, request } = entrant;
    switch (verdict.kind) {
      case "user":
        return this.#admit(entrant, verdict.user);
      case "timeout":
        return this.#refuse(
          request,
          refusals.authenticateSlow(refusals.spreadSeconds(this.#admission.rules.runtime.random)),
        );
      case "threw":
        this.#reports.threw(`authenticate of route ${route.pattern}`, verdict.error);
        return this.#refuse(request, refusals.hookFailed);
      case "response":
        return this.#refuse(request, { ...refusals.authenticateRefused, status: Math.max(400, verdict.status) });
    }
  }

  #admit({ route, request, guest, claim }: Entrant, user: unknown): ChannelDecision {
    const choice = settleProtocol(route, request, this.#reports);
    if ("status" in choice) return this.#refuse(request, choice);
    const { protocol = "" } = choice;
    if (claim === undefined) {
      const accept = (channel: ServerChannel): CarrierOwner => {
        const peer = new ServerSocket(channel, route, request, user, undefined);
        return this.#letIn(peer, peer);
      };
      return { protocol, accept, movable: route.hooks.movable === true ? movable : undefined };
    }
    const key = keyOf(route, request, guest, claim);
    if (!this.#window.hasRoom(key)) return this.#refuse(request, refusals.outboxesFull);
    let once: HandledOnce | undefined;
    return {
      protocol,
      greet: (channel) => {
        once = this.#createOnce(channel, key, claim);
        return once.greet();
      },
      accept: (channel) => {
        const peer = new ServerSocket(channel, route, request, user, undefined);
        once?.open(peer);
        return this.#letIn(peer, once ?? peer);
      },
    };
  }

  #createOnce(channel: ServerChannel, key: OutboxKey, claim: OutboxClaim): HandledOnce {
    const { metrics } = this.#reports;
    const { clock } = this.#admission.rules.runtime;
    const receiveRepeats = (count: number): void => {
      metrics.outboxRepeats += count;
    };
    return new HandledOnce(channel, { window: this.#window, clock, key, claim, receiveRepeats });
  }

  #letIn(peer: ServerSocket, owner: CarrierOwner): CarrierOwner {
    const { residents, limits, runtime } = this.#admission.rules;
    const { metrics } = this.#reports;
    residents.add(peer);
    metrics.countChannel(200);
    peer.open();
    if (limits.messagesPerSecond === 0) return owner;
    return new PacedOwner(owner, limits, runtime.clock, () => metrics.countLimit("LW_SOCKET_RATE_LIMITED"));
  }

  #refuse(request: UpgradeRequest, refusal: Refusal): ChannelDecision {
    this.#reports.refusedChannel(request, refusal);
    return { status: refusal.status, reason: refusal.message.slice(0, 123) };
  }
}

/** An outbox is its principal's: to everybody else the same id is another one, of which nothing is known. */
function keyOf(route: AdmissionRoute, request: UpgradeRequest, guest: Guest, { id }: OutboxClaim): OutboxKey {
  const { principal } = guest;
  const name = JSON.stringify([principal ?? null, route.pattern, Buffer.from(id).toString("base64")]);
  // One household has 2⁶⁴ addresses of IPv6: a share for each of them would push out everybody else's.
  return { payer: principal === undefined ? `a${addressGroup(request.remoteAddress)}` : `p${principal}`, name };
}

/** A movable route keeps nothing per socket: its `open` hook has all that the next node needs. */
const movable: Movable = { continuation: () => new Uint8Array(0) };

const noTarget = { path: "", search: "" };
