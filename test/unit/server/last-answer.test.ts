import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { answerLast } from "../../../src/server/last-answer.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";

class Line extends Duplex {
  readonly written: string[] = [];
  ended = false;
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk.toString());
    done();
  }
  override _final(done: () => void): void {
    this.ended = true;
    done();
  }
}

const lineOf = (): Line => new Line({ allowHalfOpen: true });

describe("the last answer on a socket", () => {
  it("is written, our side ends, and the socket goes when the client hangs up", async () => {
    const [line, clock] = [lineOf(), new FakeClock()];
    answerLast(line, "bye", { clock, discardBytes: 100 });
    await settled();
    expect([line.written.join(""), line.ended, line.destroyed]).toEqual(["bye", true, false]);
    line.push(null);
    await settled();
    expect(line.destroyed).toBe(true);
    expect(clock.pendingCount).toBe(0);
  });

  it("V-47 swallows what the client still sends, up to a bound", async () => {
    const line = lineOf();
    answerLast(line, "bye", { clock: new FakeClock(), discardBytes: 100 });
    line.push(Buffer.alloc(100));
    await settled();
    expect(line.destroyed).toBe(false);
    line.push(Buffer.alloc(1));
    await settled();
    expect(line.destroyed).toBe(true);
  });

  it("waits for a client that does nothing no longer than a moment", async () => {
    const [line, clock] = [lineOf(), new FakeClock()];
    answerLast(line, "bye", { clock, discardBytes: 100 });
    await clock.advanceAsync(1_999);
    expect(line.destroyed).toBe(false);
    await clock.advanceAsync(1);
    expect(line.destroyed).toBe(true);
  });

  it("V-32 survives errors of the socket and a socket that is gone already", async () => {
    const [line, clock] = [lineOf(), new FakeClock()];
    answerLast(line, "bye", { clock, discardBytes: 100 });
    line.destroy(new Error("reset"));
    await settled();
    answerLast(line, "again", { clock, discardBytes: 100 });
    await settled();
    expect([line.written.join(""), clock.pendingCount]).toEqual(["bye", 0]);
  });
});
