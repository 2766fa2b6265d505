import { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { Strand } from "../../../../../src/cli/lab/passage/strand.ts";

/** One end of the strand: what was written to it, and a way to say something from there. */
class End extends Duplex {
  written = "";
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written += chunk.toString();
    done();
  }
  async says(text: string): Promise<void> {
    this.push(text);
    await turns();
  }
}

const turns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function made(isHeld = false): { near: End; far: End; strand: Strand; counts: { carried: number; ended: number } } {
  const [near, far] = [new End(), new End()];
  const counts = { carried: 0, ended: 0 };
  const strand = new Strand(
    {
      near,
      far,
      opening: Buffer.from("hello "),
      carried: (bytes) => (counts.carried += bytes),
      ended: () => (counts.ended += 1),
    },
    isHeld,
  );
  return { near, far, strand, counts };
}

describe("a strand", () => {
  test("carries both ways behind its opening, and counts what goes to the page", async () => {
    const { near, far, counts } = made();
    await near.says("up");
    await far.says("down");
    expect([far.written, near.written, counts.carried]).toEqual(["hello up", "down", 4]);
  });

  test("held, lets nothing through and loses nothing", async () => {
    const { near, far, strand } = made(true);
    await near.says("up");
    await far.says("down");
    expect([far.written, near.written]).toEqual(["", ""]);
    strand.hold(false);
    await turns();
    expect([far.written, near.written]).toEqual(["hello up", "down"]);
  });

  test("dead, swallows what comes and tells neither end what became of the other", async () => {
    const { near, far, strand, counts } = made();
    strand.deaden();
    await near.says("up");
    await far.says("down");
    expect([far.written, near.written]).toEqual(["hello ", ""]);
    far.destroy();
    await turns();
    expect([near.destroyed, counts.ended]).toEqual([false, 0]);
    strand.cut();
    expect([near.destroyed, counts.ended]).toEqual([true, 1]);
  });

  test("an end that breaks breaks the other one", async () => {
    const { near, far, counts } = made();
    far.destroy(new Error("reset"));
    await turns();
    expect([near.destroyed, counts.ended]).toEqual([true, 1]);
  });

  test("an end that finishes lets the other one finish", async () => {
    const { near, far } = made();
    far.push(null);
    await turns();
    expect([near.writableEnded, near.destroyed]).toEqual([true, false]);
  });
});
