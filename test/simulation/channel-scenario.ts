// One seed of the channels: the muxes of a client and a server over real sessions, whose websockets are cut and moved all the
// time. At both ends channels are opened, spoken on, read slowly and closed. wire/channels-v1 §5. Requests as a way, restarts and
// copies are the session's affair, and scenario.ts has them.

import type { CarrierOwner } from "../../src/base/carrier.ts";
import { platform, replacePlatform } from "../../src/base/platform.ts";
import type { Channel } from "../../src/channels/channel.ts";
import { ClientMux } from "../../src/channels/client-mux.ts";
import { channelLimits, type ChannelLimits } from "../../src/channels/limits.ts";
import type { Mux } from "../../src/channels/mux.ts";
import { ServerMux } from "../../src/channels/server-mux.ts";
import { Registry } from "../../src/session/registry.ts";
import type { SeededRandom } from "../support/seeded-random.ts";
import { require } from "./checker.ts";
import { drawFaults, type Faults, heal } from "./faults.ts";
import { Joint, jointSettings } from "./joint.ts";
import { Failure, type Outcome } from "./outcome.ts";
import { Later, type Manner, Speaker, TappedMux } from "./speaker.ts";
import { type SimNode, World } from "./world.ts";

const KiB = 1024;
const CHAOS_MS = 3_000;
/** Then conversations end as soon as both sides know of them. */
const CLOSING_MS = 6_000;
const QUIET_MS = 4_000;
const MAX_MESSAGE_BYTES = 60 * KiB;

/** Windows of 16 KiB, into which not every message goes; nobody gives up because of time. */
const limits: ChannelLimits = {
  ...channelLimits,
  maxMessageBytes: MAX_MESSAGE_BYTES,
  creditBytes: 40 * KiB,
  retainBytes: 16 * KiB * KiB,
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

/** Both ends of a conversation, the server's as soon as there is one, and who of them ended it. */
interface Pair {
  readonly near: Speaker;
  far: Speaker | undefined;
  closer: Speaker | undefined;
}

class Play {
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #faults: Faults;
  readonly #server: SimNode = { name: "server", stalledUntil: 0, life: 0 };
  readonly #client: SimNode = { name: "client", stalledUntil: 0, life: 0 };
  readonly #registry: Registry;
  readonly #joint: Joint;
  readonly #mux: TappedMux<ClientMux>;
  readonly #muxes: TappedMux<Mux>[] = [];
  readonly #pairs: Pair[] = [];
  readonly #pending: Later[] = [];
  #isHealed = false;

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random.fork();
    this.#faults = drawFaults(world.random.fork());
    replacePlatform({ afterMicrotasks: (run) => world.after(0, this.#server, "microtask", run) });
    const clock = world.clockOf(this.#server);
    this.#registry = new Registry({
      clock,
      random: world.random.fork(),
      settings: jointSettings,
      offer: { credit: 0, maxMessageBytes: 0, maxChannels: 0 },
      hint: new Uint8Array(0),
      createUser: (session) => {
        const mux = new ServerMux({ clock, limits, host: { open: ({ path }) => this.#decide(path) } });
        mux.connect(session);
        return this.#tap(mux);
      },
      authenticate: () => {},
    });
    this.#mux = this.#tap(new ClientMux({ clock: world.clockOf(this.#client), limits }));
    this.#joint = new Joint({
      world,
      random: this.#random,
      faults: this.#faults,
      client: this.#client,
      server: this.#server,
      registry: this.#registry,
      user: this.#mux,
      maxMessageBytes: MAX_MESSAGE_BYTES,
      isHealed: () => this.#isHealed,
    });
    this.#mux.mux.connect(this.#joint.session);
  }

  run(): Outcome {
    const world = this.#world;
    this.#joint.dial();
    for (let count = this.#random.between(1, 4); count > 0; count--) this.#open();
    this.#talk();
    this.#tick();
    const check = (): void => {
      for (const mux of this.#muxes) mux.check(MAX_MESSAGE_BYTES, this.#pairs.length);
    };
    world.run(CHAOS_MS, check);
    this.#isHealed = true;
    heal(this.#faults);
    for (const later of this.#pending.splice(0)) later.settle();
    world.note("healed");
    for (let at = CHAOS_MS + 1_000; at < CHAOS_MS + CLOSING_MS; at += 500) {
      world.run(at, check);
      for (const pair of this.#pairs) this.#close(pair);
    }
    world.run(CHAOS_MS + CLOSING_MS + QUIET_MS, check);
    return this.#judge();
  }

  /** Everything that had to arrive has arrived, and nothing is left anywhere. */
  #judge(): Outcome {
    let delivered = 0;
    const { session, attachments } = this.#joint;
    require(session.state === "live", "I-13", () => `the client is ${session.state} after the quiet time`);
    for (const [index, { near, far, closer }] of this.#pairs.entries()) {
      require(far !== undefined, "I-13", () => `conversation ${String(index)} was never accepted`);
      for (const speaker of [near, far as Speaker]) {
        require(speaker.outcome !== undefined, "I-15", () =>
          `an end of conversation ${String(index)} was never closed`);
        require(speaker.outcome?.wasClean === true, "I-15", () =>
          `conversation ${String(index)} ended with ${String(speaker.outcome?.code)} ${speaker.outcome?.reason ?? ""}`);
        delivered += speaker.heardCount;
      }
      const other = closer === near ? far : near;
      require(other?.heardCount === closer?.saidCount, "I-02", () =>
        `conversation ${String(index)}: ${String(other?.heardCount)} of ${String(closer?.saidCount)} messages before CLOSE`);
    }
    for (const { mux } of this.#muxes) {
      if (mux.channels.length === 0 && mux.queuedCost === 0 && mux.pools.used === 0 && mux.windows.total === 0)
        continue;
      require(false, "I-14", () =>
        `left: ${String(mux.channels.length)} channels, ${String(mux.queuedCost)} queued, ${String(mux.pools.used)} in pools`);
    }
    return { seed: this.#world.seed, hash: this.#world.hash, delivered, attachments };
  }

  #tap<Kind extends Mux>(mux: Kind): TappedMux<Kind> {
    const tapped = new TappedMux(mux);
    this.#muxes.push(tapped);
    return tapped;
  }

  // --- conversations ---

  #open(): void {
    const near = new Speaker(() => this.#manner());
    const index = this.#pairs.push({ near, far: undefined, closer: undefined }) - 1;
    const request = { path: `/${String(index)}`, protocols: [], parameters: new Uint8Array(0) };
    near.begin(this.#mux.mux.open(request, near));
    this.#mux.note(near);
  }

  #decide(path: string): { protocol: string; accept: (channel: Channel) => CarrierOwner } {
    return {
      protocol: "",
      accept: (channel) => {
        const pair = this.#pairs[Number(path.slice(1))];
        const far = new Speaker(() => this.#manner());
        if (pair !== undefined) pair.far = far;
        far.begin(channel);
        far.receiveAccepted();
        this.#muxes.find(({ mux }) => mux.channels.includes(channel))?.note(far);
        return far;
      },
    };
  }

  /** How a message is read: at once, in its turn, or when somebody finds the time. */
  #manner(): Manner {
    this.#world.note("message");
    if (this.#isHealed || this.#random.chance(0.5)) return undefined;
    if (this.#random.chance(0.5)) return "checkpoint";
    const later = new Later();
    this.#pending.push(later);
    const delayMs = this.#random.fraction() * this.#random.pick([20, 300, 4_000]);
    this.#world.after(delayMs, this.#server, "handled", () => later.settle());
    return later;
  }

  #talk(): void {
    const everyMs = this.#random.pick([2, 10, 40]);
    const sizes = this.#random.pick([
      [0, 1, 10],
      [100, 3 * KiB, 20 * KiB],
      [0, 3 * KiB, MAX_MESSAGE_BYTES],
    ]);
    const talk = (): void => {
      if (this.#world.now > CHAOS_MS) return;
      const pair = this.#random.pick(this.#pairs);
      const speaker = this.#random.chance(0.5) ? pair.near : pair.far;
      const count = this.#random.between(1, 12);
      for (let sent = 0; sent < count; sent++) speaker?.say(this.#random.pick(sizes));
      if (this.#random.chance(0.02) && this.#pairs.length < 10) {
        this.#close(pair);
        this.#open();
      }
      this.#world.after(this.#random.fraction() * 2 * everyMs, this.#client, "talk", talk);
    };
    talk();
  }

  /** One of the two ends it, if both know of one another and neither has. */
  #close(pair: Pair): void {
    const { near, far } = pair;
    if (pair.closer !== undefined || far === undefined || !near.isOpen || !far.isOpen) return;
    pair.closer = this.#random.chance(0.5) ? near : far;
    pair.closer.close();
  }

  #tick(): void {
    for (const { mux } of this.#muxes) if (mux.wakeAt <= this.#world.now) mux.tick(this.#world.now);
    this.#world.after(100, this.#server, "tick", () => this.#tick());
  }
}
