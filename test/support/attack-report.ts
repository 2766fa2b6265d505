// What a failed attack prints: the smallest stream that still shows it, in the form of a corpus file, with what was
// expected and what came.

import { cutAt, type Cuts } from "./chunkings.ts";
import { toHex } from "./byte-builder.ts";
import { readStream, type NaiveEvents, type Role } from "./naive-frame-codec.ts";
import { answersTo, recordChunks } from "./recorded-connection.ts";
import { shrinkStream } from "./stream-generator.ts";

export interface AttackLimits {
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
}

/** Small enough that generated streams meet them often. */
export const attackLimits: AttackLimits = { maxMessageBytes: 400, maxFragments: 4 };

/** What a stream must cause: events at the reader, answers at its peer. */
export interface Expectation {
  readonly events: NaiveEvents;
  readonly answers: NaiveEvents;
  /** The close code of the violation the stream ends with. */
  readonly failedWith: string | undefined;
}

/** What the model expects of `stream`. */
export function expectationOf(stream: Uint8Array, role: Role, limits: AttackLimits = attackLimits): Expectation {
  const events = readStream(stream, { role, ...limits });
  return { events, answers: answersTo(events), failedWith: /^fail (\d+)$/.exec(events.at(-1) ?? "")?.[1] };
}

/** What the machine does otherwise than expected, as a sentence; undefined when it does right. */
export function findDifference(
  stream: Uint8Array,
  role: Role,
  cuts: Cuts,
  limits: AttackLimits = attackLimits,
  expected: Expectation = expectationOf(stream, role, limits),
): string | undefined {
  let recorded;
  try {
    recorded = recordChunks(cutAt(stream, cuts), { role, limits });
  } catch (error) {
    return `throws ${String(error)}`;
  }
  const { events, answers, failedWith } = expected;
  if (!isSame(recorded.events, events)) return `says ${list(recorded.events)}, expected ${list(events)}`;
  const sent = recorded.sentEvents;
  if (failedWith !== undefined) {
    const close = sent.at(-1) ?? "nothing";
    if (!close.startsWith(`close ${failedWith} `)) return `fails with ${failedWith} but sends ${close}`;
    if (!isSame(sent.slice(0, -1), answers)) return `answers ${list(sent)}, expected ${list(answers)} and a Close`;
  } else if (!isSame(sent, answers)) {
    return `answers ${list(sent)}, expected ${list(answers)}`;
  }
  const { retainedBytes, state } = recorded.connection;
  const isOver = failedWith !== undefined || (events.at(-1) ?? "").startsWith("close");
  if (isOver !== (state !== "open")) return `is ${state} after ${list(events)}`;
  if (isOver && retainedBytes !== 0) return `keeps ${retainedBytes} bytes after the end`;
  return undefined;
}

/** The report of a difference: shrunk, replayable, ready to become a corpus file. */
export function reportDifference(
  origin: string,
  stream: Uint8Array,
  role: Role,
  cutsFor: (length: number) => Cuts,
  limits: AttackLimits = attackLimits,
): string {
  const smallest = shrinkStream(
    stream,
    (candidate) => findDifference(candidate, role, cutsFor(candidate.length), limits) !== undefined,
  );
  const cuts = cutsFor(smallest.length);
  return [
    `${origin}: the ${role} ${findDifference(smallest, role, cuts, limits) ?? "is right about the shrunk stream"}`,
    `cut at ${cuts.join(", ") || "nothing"}`,
    `reads: ${role}`,
    toHex(smallest),
  ].join("\n");
}

function isSame(left: NaiveEvents, right: NaiveEvents): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}

const list = (lines: NaiveEvents): string => `[${lines.join("; ")}]`;
