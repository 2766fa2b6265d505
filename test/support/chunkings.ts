// Ways to cut a byte stream into chunks. A chunking is the list of its cuts in ascending order; the same cut twice means an
// empty chunk. Every machine that reads bytes must give the same events for all of them.

import type { SeededRandom } from "./seeded-random.ts";

/** Positions to cut at, ascending, each between 0 and the length. */
export type Cuts = readonly number[];

/** The chunks, each a copy of its own: a reader that keeps or writes into one cannot touch the others. */
export function cutAt(stream: Uint8Array, cuts: Cuts): Uint8Array<ArrayBuffer>[] {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let start = 0;
  for (const cut of [...cuts, stream.length]) {
    chunks.push(stream.slice(start, cut));
    start = cut;
  }
  return chunks;
}

/** Every way to cut once, the ends included: there a chunk is empty. */
export function* everyTwoWays(length: number): Generator<Cuts> {
  for (let cut = 0; cut <= length; cut++) yield [cut];
}

/** Every way to cut twice. */
export function* everyThreeWays(length: number): Generator<Cuts> {
  for (let first = 0; first <= length; first++) {
    for (let second = first; second <= length; second++) yield [first, second];
  }
}

/** Every way to cut twice at positions of `candidates`, for streams too long for all of them. */
export function* threeWaysAt(candidates: readonly number[]): Generator<Cuts> {
  for (const [index, first] of candidates.entries()) {
    for (const second of candidates.slice(index)) yield [first, second];
  }
}

/** All 2^(length-1) chunkings without empty chunks. Only for short streams. */
export function* everyPartition(length: number): Generator<Cuts> {
  if (length > 16) throw new Error(`2^${length - 1} chunkings are too many; at most 16 bytes.`);
  for (let pattern = 0; pattern < 1 << Math.max(0, length - 1); pattern++) {
    const cuts: number[] = [];
    for (let position = 1; position < length; position++) {
      if ((pattern & (1 << (position - 1))) !== 0) cuts.push(position);
    }
    yield cuts;
  }
}

/** One byte per chunk. */
export function oneByteEach(length: number): Cuts {
  return Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1);
}

/** Some cuts anywhere; about one chunking in three has empty chunks, at the ends as well. */
export function randomCuts(random: SeededRandom, length: number): Cuts {
  const cuts = Array.from({ length: random.between(0, Math.min(length, 12)) }, () => random.between(0, length));
  if (random.chance(0.3)) {
    const again = random.between(0, length);
    cuts.push(again, again);
  }
  return cuts.sort((left, right) => left - right);
}
