import { describe, expect, test } from "vitest";
import type { Answer } from "../../../../src/transports/http/server-answer.ts";
import { OpenAnswer } from "../../../../src/transports/http/server-open-answer.ts";

class FakeAnswer {
  readonly said: unknown[] = [];
  pendingBytes = 0;
  isBegun = false;
  gone: (() => void) | undefined;
  drain: (() => void) | undefined;

  onGone(run: () => void): void {
    this.gone = run;
  }

  onDrain(run: () => void): void {
    this.drain = run;
  }

  write(bytes: Uint8Array): void {
    this.isBegun = true;
    this.said.push([...bytes]);
  }

  end(status: number): void {
    this.said.push(status);
  }
}

function open(): { answer: FakeAnswer; link: OpenAnswer; told: unknown[] } {
  const answer = new FakeAnswer();
  const link = new OpenAnswer(answer as unknown as Answer);
  const told: unknown[] = [];
  link.open({
    receive: () => {},
    receiveDrain: () => told.push("drain"),
    receiveClosed: (code) => told.push(code),
  });
  return { answer, link, told };
}

describe("OpenAnswer", () => {
  test("a packet goes out with its length before it; room is the answer's", () => {
    const { answer, link, told } = open();
    link.send(Uint8Array.of(1, 2, 3));
    link.send(Uint8Array.of(9, 4, 9), 1, 2);
    answer.pendingBytes = 99;
    answer.drain?.();
    expect([answer.said, link.pendingBytes, told]).toEqual([
      [
        [3, 1, 2, 3],
        [1, 4],
      ],
      99,
      ["drain"],
    ]);
  });

  test("its end is told once, and nothing is written after it", () => {
    const { answer, link, told } = open();
    answer.gone?.();
    answer.gone?.();
    link.send(Uint8Array.of(1));
    link.close(4409);
    expect([answer.said, told]).toEqual([[], [1006]]);
  });

  test.each([
    [false, 4403, 403],
    [false, 1013, 503],
    [true, 4409, 200],
  ])(
    "closed by this side (begun: %s) with %i it ends with %i, and the receiver hears nothing",
    (isBegun, code, status) => {
      const { answer, link, told } = open();
      answer.isBegun = isBegun;
      link.close(code);
      answer.gone?.();
      expect([answer.said, told, link.closedWith]).toEqual([[status], [], code]);
    },
  );
});
