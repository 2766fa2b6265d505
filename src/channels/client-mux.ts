// The client's half of a session's channels: opens them (wire/channels-v1 §5.1). Asks for no more at once than a server decides
// about at once, so that a page which opens many sockets gets them all.

import type { Violation } from "../base/errors.ts";
import { LocalError } from "../base/errors.ts";
import { platform } from "../base/platform.ts";
import { ClientChannel } from "./client-channel.ts";
import { MAX_PARAMETER_BYTES, MAX_PATH_BYTES, MAX_PROTOCOL_BYTES, MAX_PROTOCOLS } from "./envelope.ts";
import type { ChannelOwner, ChannelRequest } from "./home.ts";
import { Mux } from "./mux.ts";
import * as outcomes from "./outcomes.ts";
import type { Sender } from "./scheduler.ts";
import * as violations from "./violations.ts";

export class ClientMux extends Mux {
  /** OPEN was sent, the answer has not come. */
  readonly #asking = new Set<Sender>();
  /** OPEN waits for others to be answered. */
  readonly #waiting = new Map<Sender, () => void>();

  /**
   * Asks the server for a channel. Its owner is told when it is accepted, or closed. Throws LocalError LW_CHANNEL_REQUEST_SIZE
   * for a path, subprotocol or parameters longer than an OPEN may say.
   */
  open(request: ChannelRequest, owner: ChannelOwner): ClientChannel {
    checkRequest(request);
    const channel = new ClientChannel(this, owner);
    this.add(channel);
    if (this.isOver) {
      platform.afterMicrotasks(() => channel.end(outcomes.sessionEnded(4410, "")));
      return channel;
    }
    this.#waiting.set(channel, () => channel.ask(this.giveId(), request));
    this.#askMore();
    return channel;
  }

  override receiveDecided(channel: Sender): void {
    this.#asking.delete(channel);
    this.#waiting.delete(channel);
    if (!this.isOver) this.#askMore();
  }

  #askMore(): void {
    for (const [channel, ask] of this.#waiting) {
      if (this.#asking.size >= this.limits.maxUndecided) return;
      this.#waiting.delete(channel);
      this.#asking.add(channel);
      ask();
    }
  }

  /** Only clients open. */
  protected override receiveOpen(): Violation {
    return violations.channelOrder;
  }
}

function checkRequest({ path, protocols, parameters }: ChannelRequest): void {
  const isLawful =
    platform.utf8Length(path) <= MAX_PATH_BYTES &&
    protocols.length <= MAX_PROTOCOLS &&
    protocols.every((protocol) => platform.utf8Length(protocol) <= MAX_PROTOCOL_BYTES) &&
    parameters.length <= MAX_PARAMETER_BYTES;
  if (isLawful) return;
  throw new LocalError(
    "LW_CHANNEL_REQUEST_SIZE",
    `A channel is asked for with at most ${MAX_PATH_BYTES} bytes of path and ${MAX_PROTOCOLS} subprotocols of ` +
      `${MAX_PROTOCOL_BYTES} bytes each.`,
  );
}
