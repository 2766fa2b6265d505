// One seed of a channel that moves between two servers (wire/channels-v1 §5.6) over real sessions whose websockets are cut all the
// time. Both servers publish one feed; the client says numbered messages, which whichever server has the channel handles. A
// move begins at any moment, also while the last one is under way. Nothing may be lost, doubled or out of order either way, and
// nobody may see a close. That a server is gone before it has answered is not simulated: then a gap is told.

import type { CarrierOwner, CloseOutcome, Delivery } from "../../src/base/carrier.ts";
import { platform, replacePlatform } from "../../src/base/platform.ts";
import type { Channel } from "../../src/channels/channel.ts";
import { ClientMux } from "../../src/channels/client-mux.ts";
import type { ChannelRequest } from "../../src/channels/home.ts";
import { channelLimits, type ChannelLimits } from "../../src/channels/limits.ts";
import { MobileChannel, type MobileOwner } from "../../src/channels/mobile-channel.ts";
import { type ChannelDecision, ServerMux } from "../../src/channels/server-mux.ts";
import { Registry } from "../../src/session/registry.ts";
import type { SeededRandom } from "../support/seeded-random.ts";
import { require } from "./checker.ts";
import { drawFaults, type Faults, heal } from "./faults.ts";
import { Joint, jointSettings } from "./joint.ts";
import { Failure, type Outcome } from "./outcome.ts";
import { Later } from "./speaker.ts";
import { type SimNode, World } from "./world.ts";

const CHAOS_MS = 3_000;
const QUIET_MS = 8_000;
const MOST_MOVES = 4;

const limits: ChannelLimits = {
  ...channelLimits,
  opensPerSecond: 1_000,
  closeTimeoutMs: 1e9,
  handlerTimeoutMs: 1e9,
};

export function runSeed(seed: number): Outcome {
  const world = new World(seed);
  const { afterMicrotasks } = platform;
  try {
    return new Play(world).run();
  } catch (error) {
    throw new Failure(seed, error instanceof Error ? error : new Error(String(error)), world.trace);
  } finally {
    replacePlatform({ afterMicrotasks });
  }
}

/** The channel at one of the servers: what of the feed it has sent, and what it makes of messages. */
class Reader implements CarrierOwner {
  readonly #play: Play;
  readonly #channel: Channel;
  position: number;

  constructor(play: Play, channel: Channel, position: number) {
    this.#play = play;
    this.#channel = channel;
    this.position = position;
  }

  publish(feedLength: number): void {
    while (this.position < feedLength && this.#channel.send(String(this.position)) !== "dropped") this.position++;
  }

  receiveMessage(data: string | Uint8Array): Delivery {
    return this.#play.handle(Number(data));
  }

  receivePing(): void {}
  receivePong(): void {}
  receiveClosing(): void {}
  receiveClosed(): void {}
}

class Play implements MobileOwner {
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #faults: Faults;
  readonly #client: SimNode = { name: "client", stalledUntil: 0, life: 0 };
  readonly #nodes: readonly SimNode[] = ["first", "second"].map((name) => ({ name, stalledUntil: 0, life: 0 }));
  readonly #registries: readonly Registry[];
  readonly #joints: Joint[] = [];
  readonly #muxes: ClientMux[] = [];
  readonly #readers: Reader[] = [];
  readonly #pending: Later[] = [];
  readonly #mobile: MobileChannel;
  #isAccepted = false;
  #isHealed = false;
  #feedLength = 0;
  /** The next of the feed that the client is to see. */
  #expected = -1;
  #saidCount = 0;
  #handledCount = 0;
  #moves = { begun: 0, told: 0 };

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random.fork();
    this.#faults = drawFaults(world.random.fork());
    // Whose turn it is does not matter here: no node ever stands still.
    replacePlatform({ afterMicrotasks: (run) => world.after(0, this.#client, "microtask", run) });
    this.#registries = this.#nodes.map((node) => this.#serve(node));
    const mux = this.#connect();
    this.#mobile = new MobileChannel(mux, { path: "/", protocols: [], parameters: new Uint8Array(0) }, this);
  }

  #serve(node: SimNode): Registry {
    const clock = this.#world.clockOf(node);
    return new Registry({
      clock,
      random: this.#world.random.fork(),
      settings: jointSettings,
      offer: { credit: 0, maxMessageBytes: 0, maxChannels: 0 },
      hint: new Uint8Array(0),
      createUser: (session) => {
        const mux = new ServerMux({ clock, limits, host: { open: (request) => this.#decide(request) } });
        mux.connect(session);
        return mux;
      },
      authenticate: () => {},
    });
  }

  #decide(request: ChannelRequest): ChannelDecision {
    const position = request.continues === true ? Number(Buffer.from(request.parameters)) : this.#feedLength;
    let reader: Reader | undefined;
    return {
      protocol: "",
      accept: (channel) => {
        if (this.#expected === -1) this.#expected = position;
        reader = new Reader(this, channel, position);
        this.#readers.push(reader);
        reader.publish(this.#feedLength);
        return reader;
      },
      movable: { continuation: () => Buffer.from(String(reader?.position)) },
    };
  }

  /** Another session, with whichever server has its turn. */
  #connect(): ClientMux {
    const index = this.#joints.length % this.#nodes.length;
    const mux = new ClientMux({ clock: this.#world.clockOf(this.#client), limits });
    const joint = new Joint({
      world: this.#world,
      random: this.#random,
      faults: this.#faults,
      client: this.#client,
      server: this.#nodes[index] as SimNode,
      registry: this.#registries[index] as Registry,
      user: mux,
      maxMessageBytes: 1024,
      isHealed: () => this.#isHealed,
    });
    mux.connect(joint.session);
    joint.dial();
    this.#joints.push(joint);
    this.#muxes.push(mux);
    return mux;
  }

  run(): Outcome {
    this.#publish();
    this.#talk();
    for (let count = this.#random.between(1, MOST_MOVES); count > 0; count--) {
      this.#world.after(this.#random.fraction() * CHAOS_MS, this.#client, "leave", () => this.#leave());
    }
    this.#world.run(CHAOS_MS, () => {});
    this.#isHealed = true;
    heal(this.#faults);
    for (const later of this.#pending.splice(0)) later.settle();
    this.#world.note("healed");
    this.#world.run(CHAOS_MS + QUIET_MS, () => {});
    return this.#judge();
  }

  #judge(): Outcome {
    require(this.#isAccepted, "I-13", () => "the channel was never accepted");
    require(this.#expected === this.#feedLength, "I-02", () =>
      `${String(this.#expected)} of ${String(this.#feedLength)} publications arrived`);
    require(this.#handledCount === this.#saidCount, "I-02", () =>
      `${String(this.#handledCount)} of ${String(this.#saidCount)} messages were handled`);
    require(this.#moves.told === this.#moves.begun, "I-13", () => `${String(this.#moves.told)} moves were told`);
    for (const mux of this.#muxes.slice(0, -1)) {
      require(mux.channels.length === 0 && mux.queuedCost === 0, "I-14", () => "something is left where it came from");
    }
    const attachments = this.#joints.reduce((sum, joint) => sum + joint.attachments, 0);
    const delivered = this.#expected + this.#handledCount;
    return { seed: this.#world.seed, hash: this.#world.hash, delivered, attachments };
  }

  // --- what happens ---

  #publish(): void {
    if (this.#isHealed) return;
    this.#feedLength++;
    for (const reader of this.#readers) reader.publish(this.#feedLength);
    this.#world.after(this.#random.fraction() * 80, this.#nodes[0] as SimNode, "publish", () => this.#publish());
  }

  #talk(): void {
    if (this.#isHealed) return;
    const text = String(this.#saidCount);
    if (this.#isAccepted && this.#mobile.send(text) !== "dropped") this.#saidCount++;
    this.#world.after(this.#random.fraction() * 80, this.#client, "talk", () => this.#talk());
  }

  #leave(): void {
    // One at a time: the line moves on when the last move has ended.
    if (!this.#isAccepted || this.#moves.told < this.#moves.begun) return;
    this.#moves.begun++;
    require(this.#mobile.move(this.#connect()), "I-15", () => "a movable channel stays");
    this.#world.note("leaves");
  }

  /** A server's handler got a message. */
  handle(number: number): Delivery {
    require(number >= this.#handledCount, "I-03", () => `message ${String(number)} is handled again`);
    require(number === this.#handledCount, "I-04", () =>
      `message ${String(number)} is handled, expected ${String(this.#handledCount)}`);
    this.#world.note(`handles ${String(number)}`);
    if (this.#isHealed || this.#random.chance(0.5)) {
      this.#handledCount++;
      return undefined;
    }
    const later = new Later();
    // Until it is done nobody else may have the next one.
    later.whenSettled(() => this.#handledCount++);
    this.#pending.push(later);
    this.#world.after(this.#random.fraction() * 300, this.#client, "handled", () => later.settle());
    return later.delivery;
  }

  // --- what the client sees ---

  receiveAccepted(): void {
    require(!this.#isAccepted, "I-15", () => "the channel was accepted twice");
    this.#isAccepted = true;
  }

  receiveMoved(isGap: boolean): void {
    require(!isGap, "I-02", () => "a move has a gap");
    this.#moves.told++;
    this.#world.note("arrives");
  }

  receiveMessage(data: string | Uint8Array): Delivery {
    const number = Number(data);
    require(number >= this.#expected, "I-03", () =>
      `publication ${String(number)} again, expected ${String(this.#expected)}`);
    require(number === this.#expected, "I-02", () =>
      `publication ${String(number)}, expected ${String(this.#expected)}`);
    this.#expected++;
    this.#world.note(`sees ${String(number)}`);
    return undefined;
  }

  receivePing(): void {}
  receivePong(): void {}

  receiveClosing(): void {
    require(false, "I-15", () => "the channel closes");
  }

  receiveClosed({ code, reason }: CloseOutcome): void {
    require(false, "I-15", () => `the channel closed with ${String(code)} ${reason}`);
  }
}
