// What a story comes to, in numbers: spans of a connection, what was lost, who believed for how long in what was dead. Draws nothing.
import type { Story, StoryLine } from "../../../src/cli/lab/persist/wire.ts";

export interface Span {
  readonly from: number;
  readonly to: number;
  /** "dead": nothing gets through, and at least one side has not noticed. */
  readonly state: "works" | "dead";
}

/** Seconds that a side believed in a dead connection, the longest of all; `isForEver`: to the end. */
export interface Belief {
  readonly seconds: number;
  readonly isForEver: boolean;
}

export interface Outcome {
  readonly lost: number;
  readonly all: number;
  /** Seconds; of what arrived, the latest. */
  readonly latest: number;
  readonly server: Belief | undefined;
  readonly page: Belief | undefined;
}

export function spansOf({ lines }: Story, end: number): Span[] {
  return lines.flatMap((line) => {
    const lastLeft = Math.max(line.serverLeftAt ?? end, line.pageLeftAt ?? end);
    const firstLeft = Math.min(line.serverLeftAt ?? end, line.pageLeftAt ?? end);
    const worksTo = Math.min(line.deadAt ?? firstLeft, firstLeft);
    const works: Span = { from: line.from, to: worksTo, state: "works" };
    return line.deadAt === undefined || lastLeft <= line.deadAt
      ? [works]
      : [works, { from: line.deadAt, to: lastLeft, state: "dead" }];
  });
}

export function outcomeOf(story: Story, end: number): Outcome {
  const arrived = story.messages.filter(({ arrivedAt }) => arrivedAt !== undefined);
  return {
    lost: story.messages.length - arrived.length,
    all: story.messages.length,
    latest: Math.max(0, ...arrived.map(({ sentAt, arrivedAt = sentAt }) => arrivedAt - sentAt)),
    server: beliefOf(story.lines, end, "serverLeftAt"),
    page: beliefOf(story.lines, end, "pageLeftAt"),
  };
}

/** Undefined if there was nothing to notice, or it was its own death. */
function beliefOf(lines: readonly StoryLine[], end: number, side: "serverLeftAt" | "pageLeftAt"): Belief | undefined {
  let longest: Belief | undefined;
  for (const line of lines) {
    if (line.deadAt === undefined) continue;
    const left = line[side];
    const seconds = (left ?? end) - line.deadAt;
    if (seconds > 0 && seconds >= (longest?.seconds ?? 0)) longest = { seconds, isForEver: left === undefined };
  }
  return longest;
}
