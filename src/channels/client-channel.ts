// The client's end of a channel: asks for it, takes the server's answer, and leaves for another session (wire/channels-v1 §5.1,
// §5.6). Where it goes is mobile-channel's.

import type { Violation } from "../base/errors.ts";
import { Channel } from "./channel.ts";
import type { AcceptEnvelope } from "./envelope.ts";
import * as EnvelopeKind from "./envelope-kind.ts";
import type { ChannelHome, ChannelOwner, ChannelRequest, Movable } from "./home.ts";
import * as outcomes from "./outcomes.ts";
import type { OutgoingMessage } from "./outgoing.ts";
import * as violations from "./violations.ts";

const nothing = new Uint8Array(0);
/** What a client knows of a continuation: that there will be one. */
const foreign: Movable = { continuation: () => nothing };

export class ClientChannel extends Channel {
  readonly #owner: ChannelOwner;
  #offered: readonly string[] = [];
  #receiveContinuation: ((continuation: Uint8Array) => void) | undefined;
  #unsent: readonly OutgoingMessage[] = [];

  constructor(home: ChannelHome, owner: ChannelOwner) {
    super(home, "asking");
    this.#owner = owner;
    this.deliveries.open(owner);
  }

  /** The first envelope. */
  ask(id: number, request: ChannelRequest): void {
    this.name(id);
    this.#offered = request.protocols;
    const credit = this.incoming.windowBytes;
    const continues = request.continues === true;
    this.tell({ kind: EnvelopeKind.open, channel: id, credit, ...request, continues, isTopic: false });
  }

  protected override receiveAccept(envelope: AcceptEnvelope): Violation | undefined {
    // WHATWG WebSockets §3: a subprotocol that was not asked for fails the connection.
    const { protocol } = envelope;
    if (protocol !== "" && !this.#offered.includes(protocol)) return violations.protocolUnoffered;
    const violation = this.outward.credit.begin(envelope.credit);
    if (violation !== undefined) return violation;
    this.open(protocol, envelope.isMovable ? foreign : undefined);
    this.home.receiveDecided(this);
    const parameters = new Uint8Array(envelope.parameters);
    this.deliveries.announce(() => this.#owner.receiveAccepted(parameters));
    return undefined;
  }

  protected override receiveHandled(number: number): Violation | undefined {
    const isDue = this.#owner.receiveHandled?.(number) === true;
    return isDue ? undefined : violations.envelopeUnexpected;
  }

  /**
   * Leaves for another session, behind the last slice; what still arrives is delivered. `receiveContinuation` is called when the
   * server has delivered all that it got and sent all that it had; then the channel closes.
   */
  depart(receiveContinuation: (continuation: Uint8Array) => void): void {
    if (!this.isMovable) return;
    this.enter("moving");
    this.#receiveContinuation = receiveContinuation;
    this.closing.prepareMove(() => nothing);
    this.home.queue(this);
  }

  /** Sends what was taken while it was on its way here, which is not judged again. */
  takeOver(messages: readonly OutgoingMessage[]): void {
    if (this.state === "open") for (const message of messages) this.outward.push(message);
  }

  /** What had not left when the session ended while the channel was leaving it. */
  get unsent(): readonly OutgoingMessage[] {
    return this.#unsent;
  }

  protected override receiveEnding(): void {
    if (this.state === "moving") this.#unsent = this.outward.reclaim();
  }

  protected override receiveMoved(continuation: Uint8Array): Violation | undefined {
    if (this.state !== "moving" || !this.closing.isSent) return violations.envelopeUnexpected;
    this.#receiveContinuation?.(continuation.slice());
    return this.over("closed", outcomes.moved());
  }

  /** Only servers are left. */
  protected override takeParting(): undefined {
    return undefined;
  }
}
