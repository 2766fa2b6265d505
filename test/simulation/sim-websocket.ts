// A websocket between two nodes: two pipes, in order, with delay and a bandwidth. It can be cut so that a prefix of what is
// under way still arrives, and the two ends learn of it at different times, or never; an end that was closed may go on
// delivering to the other what it had sent before.

import type { Link, LinkReceiver } from "../../src/base/link.ts";
import { require } from "./checker.ts";
import type { Faults } from "./faults.ts";
import type { SimNode, World } from "./world.ts";

export class SimEnd implements Link {
  readonly #world: World;
  readonly #faults: Faults;
  readonly #node: SimNode;
  other: SimEnd | undefined;
  receiver: LinkReceiver | undefined;
  isClosed = false;
  /** Bytes that nobody will ever get: the way is dead and nobody has noticed. */
  isDead = false;
  pendingBytes = 0;
  /** Whoever does the same on a way that leads nowhere. */
  mirror: Mirror | undefined;
  /** What is under way, in order, and when it arrives: what has arrived and is here still was not read. */
  readonly #underWay: { readonly at: number; readonly arrive: (end: SimEnd) => void }[] = [];
  #departsAt = 0;
  #arrivesAt = 0;

  constructor(world: World, faults: Faults, node: SimNode) {
    this.#world = world;
    this.#faults = faults;
    this.#node = node;
  }

  send(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    if (this.isClosed) return;
    const packet = new Uint8Array(bytes.subarray(start, end));
    this.pendingBytes += packet.length;
    const world = this.#world;
    this.#departsAt = Math.max(world.now, this.#departsAt) + packet.length / this.#faults.bytesPerMs;
    world.after(this.#departsAt - world.now, this.#node, "depart", () => {
      this.pendingBytes -= packet.length;
      this.mirror?.depart(packet.length);
      if (this.pendingBytes === 0 && !this.isClosed) this.receiver?.receiveDrain();
    });
    this.#travel(({ isClosed, receiver }) => {
      if (!isClosed) receiver?.receive(packet, 0, packet.length);
    });
  }

  /** Whether something has arrived that nobody has read. */
  get hasUnread(): boolean {
    const [next] = (this.other as SimEnd).#underWay;
    return next !== undefined && next.at <= this.#world.now && !(this.other as SimEnd).isDead;
  }

  /** What was sent before arrives before; then the other end learns of it. */
  close(code: number, reason: string): void {
    if (this.isClosed) return;
    // Who waits long enough for a sign of life looks at what has arrived before giving up.
    require(code !== 1006 || !this.hasUnread, "F-26", () =>
      `${this.#node.name} drops a way with unread input: ${reason}`);
    this.isClosed = true;
    // A drop is a reset: the other end may never hear of it.
    if (code === 1006 && this.isDead) return;
    this.#travel((end) => end.end(code, reason));
  }

  /** This end learns that the way is over. */
  end(code: number, reason: string): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.receiver?.receiveClosed(code, reason);
  }

  #travel(arrive: (end: SimEnd) => void): void {
    const world = this.#world;
    const end = this.other as SimEnd;
    const jitter = world.random.fraction() * this.#faults.jitterMs;
    const departs = Math.max(world.now, this.#departsAt);
    this.#arrivesAt = Math.max(this.#arrivesAt, departs + this.#faults.latencyMs + jitter);
    this.#underWay.push({ at: this.#arrivesAt, arrive });
    // What arrives at the same time may have been scheduled at times that are rounded differently: the order is kept here.
    world.after(this.#arrivesAt - world.now, end.#node, "arrive", () => {
      const next = this.#underWay.shift();
      if (!this.isDead) next?.arrive(end);
    });
  }
}

/** A way that leads nowhere, and has as much room as the one it stands beside. */
export class Mirror implements Link {
  pendingBytes = 0;

  send(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    this.pendingBytes += end - start;
  }

  depart(bytes: number): void {
    this.pendingBytes = Math.max(0, this.pendingBytes - bytes);
  }

  close(): void {}
}

/** Both ends of a way between two nodes. */
export function createWay(world: World, faults: Faults, left: SimNode, right: SimNode): [SimEnd, SimEnd] {
  const ends: [SimEnd, SimEnd] = [new SimEnd(world, faults, left), new SimEnd(world, faults, right)];
  ends[0].other = ends[1];
  ends[1].other = ends[0];
  return ends;
}

/** Cuts the way after a time of its own, unless the world is healed by then. */
export function cutLater(
  world: World,
  faults: Faults,
  way: readonly [SimEnd, SimEnd],
  nodes: readonly [SimNode, SimNode],
): void {
  if (faults.cutMs === Infinity) return;
  const lifeMs = -Math.log(1 - world.random.fraction()) * faults.cutMs;
  world.after(lifeMs, nodes[0], "cut", () => {
    if (faults.cutMs !== Infinity) cutWay(world, faults, way, nodes);
  });
}

/** Cuts the way at some moment from now on: each direction by itself, and each end is told at its own time, or never. */
function cutWay(
  world: World,
  faults: Faults,
  [left, right]: readonly [SimEnd, SimEnd],
  nodes: readonly [SimNode, SimNode],
): void {
  const { random } = world;
  const isSilent = random.chance(faults.blackholes);
  for (const [index, end] of [left, right].entries()) {
    const node = nodes[index] as SimNode;
    world.after(random.fraction() * 150, node, "dead", () => {
      end.isDead = true;
    });
    if (isSilent || random.chance(0.2)) continue;
    world.after(random.fraction() * random.pick([50, 300, 3_000]), node, "cut", () => end.end(1006, "cut"));
  }
}
