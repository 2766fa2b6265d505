// The server's end of a channel: decided about by the host, and let go to another node (wire/channels-v1 §5.1, §5.6).

import type { CarrierOwner, FrameCarrier, Pressure } from "../base/carrier.ts";
import type { LongwireError, Violation } from "../base/errors.ts";
import { Channel } from "./channel.ts";
import { EnvelopeKind } from "./envelope.ts";
import type { ChannelHome, Movable } from "./home.ts";
import * as outcomes from "./outcomes.ts";
import { messageInFrame } from "./prebuilt-frame.ts";
import * as violations from "./violations.ts";

const nothing = new Uint8Array(0);

export class ServerChannel extends Channel implements FrameCarrier {
  constructor(home: ChannelHome) {
    super(home, "undecided");
  }

  /** The id and credit that the client's OPEN has given. */
  begin(id: number, firstCredit: number): void {
    this.name(id);
    const violation = this.outward.credit.begin(firstCredit);
    if (violation !== undefined) this.violate(violation);
  }

  /**
   * The host accepts. `adopt` is called at once and gives the owner, before it `greet`, which says what ACCEPT tells the client
   * in its parameters; neither if the client has given up meanwhile.
   */
  accept(
    protocol: string,
    adopt: (channel: ServerChannel) => CarrierOwner,
    movable?: Movable,
    greet?: (channel: ServerChannel) => Uint8Array,
  ): void {
    this.isDecided = true;
    if (this.state === "undecided") {
      this.open(protocol, movable);
      const parameters = greet?.(this) ?? nothing;
      const envelope = { channel: this.id, credit: this.incoming.windowBytes, protocol, parameters };
      this.tell({ kind: EnvelopeKind.accept, ...envelope, isMovable: movable !== undefined });
      this.deliveries.open(adopt(this));
    }
    this.releaseIfDone();
  }

  /** The host refuses. */
  reject(status: number, reason: string): void {
    this.isDecided = true;
    if (this.state === "undecided") {
      this.leave({ kind: EnvelopeKind.reject, channel: this.id, status, reason });
      this.conclude(outcomes.rejected(status, reason));
    }
    this.releaseIfDone();
  }

  sendFrame(frame: Uint8Array): Pressure {
    return this.sendMessage(messageInFrame(frame));
  }

  /** Tells the client of an outbox that its messages up to this one are done with (§5.7). After CLOSE nobody would hear it. */
  tellHandled(number: number): void {
    if (this.isLive && !this.closing.isSent) this.tell({ kind: EnvelopeKind.handled, channel: this.id, number });
  }

  /** Another channel has taken its place: what still waits here is not delivered. */
  fence(reason: string, cause: LongwireError): void {
    if (this.isLive) this.leave({ kind: EnvelopeKind.reset, channel: this.id, code: 4409, reason });
    this.concludeLater(outcomes.terminated(cause));
  }

  /** Only clients take an answer. */
  protected override receiveAccept(): Violation {
    return violations.envelopeUnexpected;
  }

  /** The client leaves. It gets what was sent to it, and what its own messages still bring about. */
  protected override receiveMoved(): Violation | undefined {
    const { movable, closing } = this;
    if (movable === undefined) return violations.envelopeUnexpected;
    // Both ends have said that it is over, this one for good.
    if (closing.isSent) return this.over("closed", outcomes.closed(closing.code, closing.reason));
    if (this.state === "open") closing.prepareMove(() => movable.continuation());
    this.enter("parting");
    this.home.queue(this);
    return undefined;
  }

  protected override takeParting(): Uint8Array | undefined {
    const { closing, outward, deliveries } = this;
    if (!outward.isEmpty || (closing.isMove && !deliveries.isIdle)) return undefined;
    const envelope = closing.take(this.id, this.home.now());
    const { isMove, code, reason } = closing;
    this.stop("closed");
    this.finish();
    this.concludeLater(isMove ? outcomes.moved() : outcomes.closed(code, reason));
    return envelope;
  }
}
