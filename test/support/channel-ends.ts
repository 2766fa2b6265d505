// Owners of channels that write down what they are told, and two muxes with a session between them.

import type { CloseOutcome, Delivery } from "../../src/base/carrier.ts";
import type { Channel } from "../../src/channels/channel.ts";
import { ClientMux } from "../../src/channels/client-mux.ts";
import type { ChannelOwner, ChannelRequest } from "../../src/channels/home.ts";
import { channelLimits, type ChannelLimits } from "../../src/channels/limits.ts";
import { type ChannelDecision, ServerMux } from "../../src/channels/server-mux.ts";
import { FakeClock } from "./fake-clock.ts";
import { exchange, FakeSession } from "./fake-session.ts";

export class RecordingOwner implements ChannelOwner {
  /** Everything in order: "accepted", messages as text or "bytes <length>", "closing", "closed <code>". */
  readonly log: string[] = [];
  readonly messages: (string | Uint8Array)[] = [];
  readonly outcomes: CloseOutcome[] = [];
  /** What happens to a message. */
  answer: (data: string | Uint8Array) => Delivery = () => undefined;

  receiveAccepted(): void {
    this.log.push("accepted");
  }

  receiveMessage(data: string | Uint8Array): Delivery {
    this.messages.push(data);
    this.log.push(typeof data === "string" ? data : `bytes ${data.length}`);
    return this.answer(data);
  }

  receivePing(): void {
    this.log.push("ping");
  }

  receivePong(): void {
    this.log.push("pong");
  }

  receiveClosing(): void {
    this.log.push("closing");
  }

  receiveClosed(outcome: CloseOutcome): void {
    this.log.push(`closed ${outcome.code}`);
    this.outcomes.push(outcome);
  }
}

export interface ServerEnd {
  readonly channel: Channel;
  readonly owner: RecordingOwner;
  readonly request: ChannelRequest;
}

/** A client and a server with a session between them; the server takes every channel unless told otherwise. */
export class ChannelPair {
  readonly clock: FakeClock = new FakeClock();
  readonly client: ClientMux;
  readonly server: ServerMux;
  readonly up: FakeSession;
  readonly down: FakeSession;
  /** The channels at the server, in the order in which they were accepted. */
  readonly accepted: ServerEnd[] = [];
  readonly requests: ChannelRequest[] = [];
  decide: (request: ChannelRequest) => ChannelDecision | PromiseLike<ChannelDecision> = (request) =>
    this.acceptance(request);

  constructor(changes: Partial<ChannelLimits> = {}) {
    const limits = { ...channelLimits, ...changes };
    this.client = new ClientMux({ clock: this.clock, limits });
    this.server = new ServerMux({
      clock: this.clock,
      limits,
      host: {
        open: (request) => {
          this.requests.push(request);
          return this.decide(request);
        },
      },
    });
    this.up = new FakeSession(this.client);
    this.down = new FakeSession(this.server);
  }

  acceptance(request: ChannelRequest, protocol = ""): ChannelDecision {
    return {
      protocol,
      accept: (channel) => {
        const owner = new RecordingOwner();
        this.accepted.push({ channel, owner, request });
        return owner;
      },
    };
  }

  /** Asks for a channel; nothing travels yet. */
  ask(path = "/", protocols: readonly string[] = []): { channel: Channel; owner: RecordingOwner } {
    const owner = new RecordingOwner();
    return { channel: this.client.open({ path, protocols, parameters: new Uint8Array(0) }, owner), owner };
  }

  /** A channel that is open at both ends. */
  open(path = "/"): { channel: Channel; owner: RecordingOwner; far: ServerEnd } {
    const end = this.ask(path);
    this.exchange();
    const far = this.accepted.at(-1);
    if (far === undefined) throw new Error("The server accepted no channel.");
    return { ...end, far };
  }

  /** Lets everything arrive that can. */
  exchange(): number {
    return exchange(this.up, this.down);
  }
}
