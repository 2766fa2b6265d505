// Two nodes with a feed between them, and a client whose channel moves from one to the other (wire/channels-v1 §5.6): every
// publication is to reach it once and in order, everything it says is to be handled once and in order, wherever it is.

import type { Delivery } from "../../src/base/carrier.ts";
import type { ChannelLimits } from "../../src/channels/limits.ts";
import { MobileChannel, type MobileOwner } from "../../src/channels/mobile-channel.ts";
import type { ChannelDecision } from "../../src/channels/server-mux.ts";
import { ChannelPair, RecordingOwner, type ServerEnd } from "./channel-ends.ts";

export class MobileRecorder extends RecordingOwner implements MobileOwner {
  receiveMoved(isGap: boolean): void {
    this.log.push(isGap ? "gap" : "moved");
  }
}

export class MovingWorld {
  readonly pairs: readonly ChannelPair[];
  readonly owner: MobileRecorder = new MobileRecorder();
  readonly mobile: MobileChannel;
  /** What was published, and what the client has said, as the handlers of both nodes saw it. */
  readonly feed: string[] = [];
  readonly handled: string[] = [];
  readonly sent: string[] = [];
  /** What a handler does with a message. */
  answer: (data: string | Uint8Array) => Delivery = () => undefined;
  isMovable = true;
  readonly #readers = new Map<ServerEnd, number>();

  constructor(limits: Partial<ChannelLimits> = {}, protocols: readonly string[] = []) {
    this.pairs = [new ChannelPair(limits), new ChannelPair(limits), new ChannelPair(limits)];
    for (const pair of this.pairs) pair.decide = () => this.#decide(pair);
    const request = { path: "/feed", protocols, parameters: new Uint8Array(0) };
    this.mobile = new MobileChannel(this.first.client, request, this.owner);
  }

  get first(): ChannelPair {
    return this.pairs[0] as ChannelPair;
  }

  get second(): ChannelPair {
    return this.pairs[1] as ChannelPair;
  }

  /** Where one goes on that the second turns away. */
  get third(): ChannelPair {
    return this.pairs[2] as ChannelPair;
  }

  #decide(pair: ChannelPair): ChannelDecision {
    const request = pair.requests.at(-1);
    const decision = pair.acceptance(
      { path: "/", protocols: [], parameters: new Uint8Array(0) },
      request?.protocols[0],
    );
    if (!("accept" in decision)) return decision;
    const { accept } = decision;
    const position = request?.continues === true ? Number(Buffer.from(request.parameters)) : this.feed.length;
    let end: ServerEnd | undefined;
    const adopt = (channel: Parameters<typeof accept>[0]): ReturnType<typeof accept> => {
      const owner = accept(channel);
      end = pair.accepted.at(-1) as ServerEnd;
      end.owner.answer = (data) => {
        this.handled.push(String(data));
        return this.answer(data);
      };
      this.#readers.set(end, position);
      this.#publishTo(end);
      return owner;
    };
    const continuation = (): Uint8Array => Buffer.from(String(end === undefined ? 0 : this.#readers.get(end)));
    const { protocol } = decision;
    return { protocol, accept: adopt, movable: this.isMovable ? { continuation } : undefined };
  }

  publish(): void {
    this.feed.push(`p${this.feed.length}`);
    for (const end of this.#readers.keys()) this.#publishTo(end);
  }

  #publishTo(end: ServerEnd): void {
    let position = this.#readers.get(end) ?? 0;
    while (position < this.feed.length && end.channel.send(this.feed[position] as string) !== "dropped") position++;
    this.#readers.set(end, position);
  }

  send(): void {
    const text = `s${this.sent.length}`;
    if (this.mobile.send(text) !== "dropped") this.sent.push(text);
  }

  /** Everything arrives that can, on both ways. */
  exchange(): void {
    for (let moved = 1; moved > 0;) moved = this.pairs.reduce((sum, pair) => sum + pair.exchange(), 0);
  }

  /** Microtasks run, and everything arrives. */
  async settle(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      this.exchange();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}
