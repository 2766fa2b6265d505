// How bad one seed's world is. The rates are themselves drawn (swarm testing): some runs lose no request and cut every second,
// others are calm and stall. Once healed, nothing bad happens any more.

import type { SeededRandom } from "../support/seeded-random.ts";

export interface Faults {
  /** Milliseconds, one way. */
  latencyMs: number;
  jitterMs: number;
  bytesPerMs: number;
  /** Mean time between two cuts of a websocket; Infinity for none. */
  cutMs: number;
  /** Of the cuts: those that nobody is told of. */
  blackholes: number;
  /** Shares of the requests. */
  requestsLost: number;
  answersLost: number;
  requestsDoubled: number;
  bodiesTruncated: number;
  /** Share of the requests, and of the dials, that take very long. */
  slow: number;
  /** Mean times between stalls of a node, and restarts of the server without memory. */
  stallMs: number;
  restartMs: number;
  /** Share of the websockets on which the client acknowledges what was never sent. */
  absurdAcks: number;
  wallJumpMs: number;
  /** A proxy sends each request that attaches again, so long after the first at most; it goes on in the healed world. */
  attachesRepeatedMs: number;
  /** Mean time between sessions that either side ends with BYE. */
  byeMs: number;
  /** A client is copied with everything it knows. */
  copied: boolean;
  /** How long `authenticate` takes at most. */
  authenticateMs: number;
  /** How long a client waits before it asks again at most. */
  backOffMs: number;
  /** Mean time between moves to another transport while the current one works. */
  moveMs: number;
}

export function drawFaults(random: SeededRandom): Faults {
  const sometimes = (share: number, value: () => number, otherwise: number): number =>
    random.chance(share) ? value() : otherwise;
  return {
    latencyMs: random.between(1, 60),
    jitterMs: random.between(0, 80),
    bytesPerMs: random.pick([20, 100, 1_000, 100_000]),
    cutMs: sometimes(0.8, () => random.between(200, 4_000), Infinity),
    blackholes: sometimes(0.5, () => random.fraction(), 0),
    requestsLost: sometimes(0.5, () => random.fraction() * 0.3, 0),
    answersLost: sometimes(0.5, () => random.fraction() * 0.3, 0),
    requestsDoubled: sometimes(0.5, () => random.fraction() * 0.4, 0),
    bodiesTruncated: sometimes(0.4, () => random.fraction() * 0.3, 0),
    slow: sometimes(0.5, () => random.fraction() * 0.3, 0),
    stallMs: sometimes(0.3, () => random.between(1_000, 8_000), Infinity),
    restartMs: sometimes(0.15, () => random.between(4_000, 20_000), Infinity),
    absurdAcks: sometimes(0.15, () => random.fraction() * 0.5, 0),
    wallJumpMs: sometimes(0.2, () => random.between(500, 5_000), Infinity),
    copied: random.chance(0.15),
    attachesRepeatedMs: sometimes(0.12, () => random.pick([10, 30, 400]), Infinity),
    byeMs: sometimes(0.1, () => random.between(2_000, 10_000), Infinity),
    authenticateMs: sometimes(0.5, () => random.between(1, 600), 0),
    backOffMs: random.between(10, 500),
    moveMs: sometimes(0.5, () => random.between(200, 3_000), Infinity),
  };
}

/** The faults end: what is still under way ends by itself. */
export function heal(faults: Faults): void {
  Object.assign(faults, {
    latencyMs: 5,
    jitterMs: 5,
    bytesPerMs: 100_000,
    cutMs: Infinity,
    requestsLost: 0,
    answersLost: 0,
    requestsDoubled: 0,
    bodiesTruncated: 0,
    slow: 0,
    stallMs: Infinity,
    restartMs: Infinity,
    absurdAcks: 0,
    wallJumpMs: Infinity,
    byeMs: Infinity,
    authenticateMs: Math.min(faults.authenticateMs, 10),
    backOffMs: 50,
    moveMs: Infinity,
  });
}
