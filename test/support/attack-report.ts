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

/** What the machine does otherwise than the model, as a sentence; undefined when it does right. */
export function findDifference(
  stream: Uint8Array,
  role: Role,
  cuts: Cuts,
  limits: AttackLimits = attackLimits,
): string | undefined {
  const expected = readStream(stream, { role, ...limits });
  let recorded;
  try {
    recorded = recordChunks(cutAt(stream, cuts), { role, limits });
  } catch (error) {
    return `throws ${String(error)}`;
  }
  if (!isSame(recorded.events, expected)) return `says ${list(recorded.events)}, expected ${list(expected)}`;
  const answers = answersTo(expected);
  const failed = /^fail (\d+)$/.exec(expected.at(-1) ?? "");
  const sent = recorded.sentEvents;
  if (failed !== null) {
    const close = sent.at(-1) ?? "nothing";
    if (!close.startsWith(`close ${failed[1] ?? ""} `)) return `fails with ${failed[1] ?? ""} but sends ${close}`;
    if (!isSame(sent.slice(0, -1), answers)) return `answers ${list(sent)}, expected ${list(answers)} and a Close`;
  } else if (!isSame(sent, answers)) {
    return `answers ${list(sent)}, expected ${list(answers)}`;
  }
  const isOver = failed !== null || (expected.at(-1) ?? "").startsWith("close");
  if (isOver && recorded.connection.retainedBytes !== 0) return `keeps ${recorded.connection.retainedBytes} bytes after the end`;
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
