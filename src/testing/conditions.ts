// What a network does to what goes through it, in the words that the simulated network and the fault proxy share.

import type { Random } from "../base/random.ts";

/** What a network does to the bytes that go through it. */
export interface Conditions {
  /** How long each piece is on its way: a number of milliseconds, or a least and a most. Default: 0. */
  readonly latencyMs?: number | readonly [least: number, most: number] | undefined;
  /** How much goes through in a second, each way. Default: all of it. */
  readonly bytesPerSecond?: number | undefined;
  /** The largest piece in which bytes arrive. 1 shows who believes that a read is a message. Default: as they were sent. */
  readonly sliceBytes?: number | undefined;
  /** A connection breaks when so many bytes have gone through it, both ways together, and not one more. Default: never. */
  readonly cutAfterBytes?: number | undefined;
  /** Each connection made from then on is cut after this time. Default: never. */
  readonly cutAfterMs?: number | undefined;
  /** A connection over which nothing went for this time is cut. Default: never. */
  readonly cutIdleMs?: number | undefined;
  /** Bytes vanish, both ways, and nobody is told. Default: false. */
  readonly blackhole?: boolean | undefined;
}

/** How long the next piece is on its way. */
export function latencyOf({ latencyMs = 0 }: Conditions, random: Random): number {
  if (typeof latencyMs === "number") return latencyMs;
  const [least, most] = latencyMs;
  return least + random.fraction() * (most - least);
}

/** The pieces in which `bytes` arrive. */
export function slicesOf(bytes: Uint8Array, { sliceBytes = Infinity }: Conditions): Uint8Array[] {
  if (bytes.length <= sliceBytes) return [bytes];
  const slices: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += sliceBytes) slices.push(bytes.subarray(at, at + sliceBytes));
  return slices;
}

/** How long `bytes` bytes keep the line busy. */
export function transferMs(bytes: number, { bytesPerSecond = Infinity }: Conditions): number {
  return (bytes * 1000) / bytesPerSecond;
}
