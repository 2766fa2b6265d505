// What the HTTP transports ask of the server (transports/http): host and origin of every request, room for a transport that
// comes in, the transport that a ticket names, and the answer to a probe. The same rules as for an upgrade (RELIABILITY V-57);
// addresses, bodies and answers are the endpoint's.

import type { IncomingMessage, ServerResponse } from "node:http";
import { addressGroup } from "../base/address-group.ts";
import type { Courier, Link } from "../base/link.ts";
import type { Refusal } from "../protocol/handshake/upgrade-request.ts";
import type { Attachment } from "../session/attachment.ts";
import type { Way } from "../session/way.ts";
import { PacketType, WIRE_VERSION } from "../session/packet.ts";
import { decodePacket, isViolation } from "../session/packet-decoder.ts";
import { encodePacket } from "../session/packet-encoder.ts";
import type { Action } from "../transports/http/headers.ts";
import {
  actionOf,
  type Desk,
  type Entry,
  HttpEndpoint,
  type HttpWay,
  type Objection,
  type Place,
  type ProbeAnswer,
  type Receiver,
} from "../transports/http/server.ts";
import { AddressGate } from "./address-gate.ts";
import type { Admission } from "./admission.ts";
import { headerValues } from "./client-view.ts";
import type { Line } from "./line.ts";
import * as refusals from "./refusals.ts";
import type { Reports } from "./reports.ts";
import { parseTarget } from "./upgrade-request.ts";

/** Where a request came in. */
interface Listener {
  readonly boundTo: string | undefined;
  readonly mount: string;
}

/** So many probes per address and minute get an answer that is held, and a few at once. One that is not held costs nothing. */
const probeRate = { maxConnectionsPerAddress: 0, connectsPerSecondPerAddress: 10 / 60, connectBurstPerAddress: 10 };

export class LineDesk implements Desk {
  readonly #line: Line;
  readonly #admission: Admission;
  readonly #reports: Reports;
  readonly #endpoint: HttpEndpoint;
  readonly #listeners = new WeakMap<IncomingMessage, Listener>();
  readonly #receivers = new WeakMap<Attachment, Receiver>();
  readonly #probes = new AddressGate(probeRate);

  constructor(line: Line, admission: Admission, reports: Reports) {
    this.#line = line;
    this.#admission = admission;
    this.#reports = reports;
    const { runtime, limits } = admission.rules;
    const bodyTimeoutMs = limits.handshakeTimeoutMs;
    this.#endpoint = new HttpEndpoint({ desk: this, clock: runtime.clock, bodyTimeoutMs });
  }

  /** Whether a request is for one of the five addresses. */
  claims(message: IncomingMessage, mount: string): boolean {
    return this.#actionOf(message, mount) !== undefined;
  }

  /** Answers it if it is. */
  receive(message: IncomingMessage, response: ServerResponse, listener: Listener): boolean {
    const action = this.#actionOf(message, listener.mount);
    if (action === undefined) return false;
    this.#listeners.set(message, listener);
    this.#endpoint.receive(action, message, response);
    return true;
  }

  #actionOf(message: IncomingMessage, mount: string): Action | undefined {
    return actionOf(message.url ?? "", `${mount}${this.#line.settings.path}`);
  }

  // --- for the endpoint ---

  object(message: IncomingMessage, _action: Action, hasTicket: boolean): Objection | undefined {
    const { boundTo } = this.#listenerOf(message);
    const { view } = this.#admission.visit(message, message.socket);
    const refusal =
      this.#admission.judgeHeaders(message.rawHeaders, boundTo) ??
      this.#admission.judgeLineOrigin(message.rawHeaders, view, hasTicket);
    return refusal === undefined ? undefined : this.#object(message, refusal);
  }

  allowedOrigin(message: IncomingMessage): string | undefined {
    const [origin] = headerValues(message.rawHeaders, "origin");
    if (origin === undefined) return undefined;
    const { view } = this.#admission.visit(message, message.socket);
    return this.#admission.judgeLineOrigin(message.rawHeaders, view, true) === undefined ? origin : undefined;
  }

  get allowsCredentials(): boolean {
    return this.#line.settings.credentials;
  }

  enter(way: HttpWay, message: IncomingMessage): Entry | Objection {
    const visit = this.#admission.visit(message, message.socket);
    const place = this.#admission.take(visit, true);
    if ("status" in place) return this.#object(message, place);
    const { mount } = this.#listenerOf(message);
    const { host, secure = false, remoteAddress } = visit.view;
    const [origin] = headerValues(message.rawHeaders, "origin");
    const { rawHeaders } = message;
    const request = this.#admission.lineRequest({ host, secure, origin, remoteAddress, rawHeaders }, mount);
    let leave = (): void => place.leave();
    const attachment = this.#line.enter(
      closing(way, () => leave()),
      request,
      mount,
      place,
    );
    leave = () => this.#line.receiveGone(attachment);
    return { receiver: this.#receive(attachment) };
  }

  /** What the endpoint delivers to, whichever request it comes with. */
  #receive(attachment: Attachment): Receiver {
    const receiver: Receiver = {
      receive: (packet) => attachment.receive(packet),
      receiveDrain: () => attachment.receiveDrain(),
      receiveClosed: (code, reason) => {
        this.#line.receiveGone(attachment);
        attachment.receiveClosed(code, reason);
      },
      take: (room) => attachment.take(room),
      openBody: () => attachment.openBody(),
    };
    this.#receivers.set(attachment, receiver);
    return receiver;
  }

  find(ticket: Uint8Array): Place | 409 | 410 {
    const found = this.#line.registry.find(ticket);
    if (typeof found === "number") return found;
    const { session, attachment } = found;
    return {
      // What is left of a stream has come by no request.
      receiver: this.#receivers.get(attachment) ?? this.#receive(attachment),
      receiveCursor: (received) => session.receiveCursor(attachment, received),
      takeAnswer: () => attachment.takeAnswer(true),
      get isOpen() {
        return attachment.isOpen;
      },
      get isShort() {
        return attachment.hasGap || attachment.isDormant;
      },
    };
  }

  retryAfterSeconds(): number {
    return refusals.spreadSeconds(this.#admission.rules.runtime.random);
  }

  answerProbe(message: IncomingMessage, packets: readonly Uint8Array[], isPatient: boolean): ProbeAnswer | Objection {
    const [bytes, ...others] = packets;
    const ping = bytes === undefined ? undefined : decodePacket(bytes);
    if (ping === undefined || ping === "unknown" || isViolation(ping) || others.length > 0) return { status: 400 };
    if (ping.type !== PacketType.ping) return { status: 400 };
    const answer = [
      encodePacket({ type: PacketType.greet, lowest: WIRE_VERSION, highest: WIRE_VERSION }),
      encodePacket({ type: PacketType.pong, token: ping.token }),
    ];
    const { view } = this.#admission.visit(message, message.socket);
    const [key, now] = [addressGroup(view.remoteAddress), this.#admission.rules.runtime.clock.now()];
    const isHeld = isPatient && this.#probes.enter(key, now) === "pass";
    if (isHeld) this.#probes.leave(key, now);
    return { packets: answer, isHeld };
  }

  #listenerOf(message: IncomingMessage): Listener {
    return this.#listeners.get(message) ?? { boundTo: undefined, mount: "" };
  }

  #object(message: IncomingMessage, refusal: Refusal): Objection {
    const { view } = this.#admission.visit(message, message.socket);
    this.#reports.refused({ remoteAddress: view.remoteAddress, target: parseTarget(message.url ?? "") }, refusal);
    const { "Retry-After": seconds } = refusal.headers;
    return { status: refusal.status, retryAfterSeconds: seconds === undefined ? undefined : Number(seconds) };
  }
}

/** The same way, whose end by this side is told: it ends its requests, and nobody else would. */
function closing(way: HttpWay, receiveEnd: () => void): Way {
  if (way.kind === "stream") {
    const { kind, link } = way;
    const told: Link = {
      get pendingBytes() {
        return link.pendingBytes;
      },
      send: (bytes, start, end) => link.send(bytes, start, end),
      close(code, reason) {
        receiveEnd();
        link.close(code, reason);
      },
    };
    return { kind, link: told };
  }
  const { kind, courier } = way;
  const told: Courier = {
    wake: () => courier.wake(),
    close(code, reason) {
      receiveEnd();
      courier.close(code, reason);
    },
  };
  return { kind, courier: told };
}
