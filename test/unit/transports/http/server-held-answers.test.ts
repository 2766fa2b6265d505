import { describe, expect, test } from "vitest";
import type { Answer } from "../../../../src/transports/http/server-answer.ts";
import { HeldAnswers } from "../../../../src/transports/http/server-held-answers.ts";
import { FakeClock, settled } from "../../../support/fake-clock.ts";

class FakeAnswer {
  readonly ends: unknown[] = [];
  isAbandoned = false;
  gone: (() => void) | undefined;

  onGone(run: () => void): void {
    this.gone = run;
  }

  end(status: number, body?: Uint8Array): void {
    this.ends.push(body === undefined ? status : [status, ...body]);
  }

  abandon(): void {
    this.isAbandoned = true;
  }

  get asAnswer(): Answer {
    return this as unknown as Answer;
  }
}

function open(): { held: HeldAnswers; clock: FakeClock; waiting: Uint8Array[] } {
  const clock = new FakeClock();
  const held = new HeldAnswers(clock);
  const waiting: Uint8Array[] = [];
  held.open({
    take: () => waiting.splice(0),
    openBody: () => ({ receive: () => true }),
    receiveClosed: () => {},
  });
  return { held, clock, waiting };
}

describe("HeldAnswers", () => {
  test("a request is answered at once when something waits, and otherwise by what comes, all of one turn in one body", async () => {
    const { held, waiting } = open();
    const [first, second] = [new FakeAnswer(), new FakeAnswer()];
    waiting.push(Uint8Array.of(1));
    held.hold(first.asAnswer, 20_000);
    expect(first.ends).toEqual([[200, 1, 1]]);
    held.hold(second.asAnswer, 20_000);
    waiting.push(Uint8Array.of(2));
    held.wake();
    waiting.push(Uint8Array.of(3));
    held.wake();
    expect(second.ends).toEqual([]);
    await settled();
    expect(second.ends).toEqual([[200, 1, 2, 1, 3]]);
  });

  test("nothing in time is 204, and leaves no timer", () => {
    const { held, clock } = open();
    const answer = new FakeAnswer();
    held.hold(answer.asAnswer, 20_000);
    clock.advance(19_999);
    expect(answer.ends).toEqual([]);
    clock.advance(1);
    expect([answer.ends, clock.pendingCount]).toEqual([[204], 0]);
  });

  test("P-114 V-24 a newer request supersedes the one that waits: 204, not an error", () => {
    const { held } = open();
    const [older, newer] = [new FakeAnswer(), new FakeAnswer()];
    held.hold(older.asAnswer, 20_000);
    held.hold(newer.asAnswer, 20_000);
    expect([older.ends, newer.ends]).toEqual([[204], []]);
  });

  test("I-12 one answer is kept for a client that does not read, not one for each time that it asks", () => {
    const { held, waiting } = open();
    const answers = Array.from({ length: 4 }, () => new FakeAnswer());
    for (const answer of answers) {
      waiting.push(Uint8Array.of(1));
      held.hold(answer.asAnswer, 20_000);
    }
    expect(answers.map(({ ends }) => ends.length)).toEqual([1, 1, 1, 1]);
    expect(answers.map(({ isAbandoned }) => isAbandoned)).toEqual([true, true, true, false]);
  });

  test("V-18 a client that goes away takes its request along, and nothing is taken for nobody", async () => {
    const { held, waiting, clock } = open();
    const answer = new FakeAnswer();
    held.hold(answer.asAnswer, 20_000);
    answer.gone?.();
    waiting.push(Uint8Array.of(1));
    held.wake();
    await settled();
    expect([answer.ends, waiting, clock.pendingCount]).toEqual([[], [Uint8Array.of(1)], 0]);
  });

  test("P-116 what is said last is said again to who asks again: its answer was lost", () => {
    const { held, waiting } = open();
    const [first, second] = [new FakeAnswer(), new FakeAnswer()];
    held.hold(first.asAnswer, 20_000);
    waiting.push(Uint8Array.of(10));
    held.close(4410);
    held.close(4400);
    held.hold(second.asAnswer, 20_000);
    expect([first.ends, second.ends, held.closedWith]).toEqual([[[200, 1, 10]], [[200, 1, 10]], 4410]);
  });

  test("an end without a last word is a status", () => {
    const { held, waiting } = open();
    const [first, second] = [new FakeAnswer(), new FakeAnswer()];
    waiting.push(Uint8Array.of(10));
    held.hold(first.asAnswer, 20_000);
    held.close(4410);
    held.hold(second.asAnswer, 20_000);
    expect([first.ends, second.ends]).toEqual([[[200, 1, 10]], [410]]);
  });
});
