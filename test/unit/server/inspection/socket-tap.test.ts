import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { SocketTap } from "../../../../src/server/inspection/socket-tap.ts";
import type { TapEntry } from "../../../../src/server/inspection/tap-entries.ts";
import { settled } from "../../../support/fake-clock.ts";
import { rawClose, rawFrame } from "../../../support/raw-client.ts";

/** A stream whose engine only takes what comes. */
class Stream extends Duplex {
  readonly written: Buffer[] = [];
  readonly taken: Buffer[] = [];

  constructor() {
    super();
    this.on("data", (chunk: Buffer) => this.taken.push(chunk));
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk);
    done();
  }
}

async function tapped(heldBytes: { value: number } = { value: 0 }, payloadBytes = 100) {
  const stream = new Stream();
  const entries: TapEntry[] = [];
  const options = { heldBytes: () => heldBytes.value, payloadBytes, now: () => 7 };
  const tap = new SocketTap(stream, options, (entry) => entries.push(entry));
  await settled();
  const arrive = async (bytes: Uint8Array): Promise<void> => {
    stream.push(bytes);
    await new Promise(setImmediate);
  };
  return { stream, entries, tap, arrive };
}

const shown = (entry: TapEntry): unknown =>
  entry.kind === "frame" ? [entry.direction, entry.name, entry.payload.text] : entry.kind;

describe("looking on at a plain connection", () => {
  it("tells the frames of both directions in their order, and passes every byte on", async () => {
    const { stream, entries, arrive } = await tapped();
    const question = rawFrame({ opcode: 1, payload: "hi" });
    await arrive(question);
    stream.write(rawFrame({ opcode: 1, payload: "there", mask: false }));
    expect(entries.map(shown)).toEqual([
      ["in", "text", "hi"],
      ["out", "text", "there"],
    ]);
    expect(entries[0]).toMatchObject({ at: 7, bytes: 8, masked: true, headerBytes: 6, fin: true, rsv: 0, opcode: 1 });
    expect([Buffer.concat(stream.taken), Buffer.concat(stream.written).length]).toEqual([question, 7]);
  });

  it("begins between two messages: what is in the midst of one is waited for", async () => {
    const held = { value: 200 };
    const { stream, entries, arrive } = await tapped(held);
    await arrive(Buffer.from("the rest of a frame"));
    stream.write(Buffer.from("and of an answer"));
    held.value = 0;
    await settled();
    stream.write(rawFrame({ opcode: 1, payload: "out", mask: false }));
    await arrive(rawFrame({ opcode: 1, payload: "in" }));
    expect(entries.map(shown)).toEqual([
      ["out", "text", "out"],
      ["in", "text", "in"],
    ]);
  });

  it("a control frame between the pieces of a message is told apart from them, a close with what it says", async () => {
    const { entries, arrive } = await tapped();
    await arrive(
      Buffer.concat([
        rawFrame({ opcode: 1, fin: false, payload: "one" }),
        rawFrame({ opcode: 9, payload: "p" }),
        rawFrame({ opcode: 0, payload: "two" }),
        rawClose(4001, "token=CANARY"),
      ]),
    );
    expect(entries.map(shown)).toEqual([
      ["in", "text", "one"],
      ["in", "ping", undefined],
      ["in", "continuation", "two"],
      ["in", "close", undefined],
    ]);
    expect(entries[3]).toMatchObject({ close: { code: 4001, reason: "token=…" } });
    expect(JSON.stringify(entries)).not.toContain("CANARY");
    expect(
      Buffer.from(
        Object.values(entries).flatMap((e) => [...((e as { payload: { bytes?: Uint8Array } }).payload.bytes ?? [])]),
      ).toString(),
    ).not.toContain("CANARY");
  });

  it("V-50 leaves out what the text's own names call a secret", async () => {
    const { entries, arrive } = await tapped();
    await arrive(rawFrame({ opcode: 1, payload: '{"token":"CANARY"}' }));
    expect(entries.map(shown)).toEqual([["in", "text", '{"token":"…"}']]);
  });

  it("V-50 shows no payload where none is wanted, of control frames neither", async () => {
    const { entries, arrive } = await tapped({ value: 0 }, 0);
    await arrive(Buffer.concat([rawFrame({ payload: "hidden" }), rawFrame({ opcode: 9, payload: "hidden" })]));
    const payloads = entries.map((entry) => entry.kind === "frame" && entry.payload);
    expect(payloads).toEqual([
      { text: "", bytes: undefined, length: 6, isCut: true },
      { text: undefined, bytes: new Uint8Array(0), length: 6, isCut: true },
    ]);
  });

  it("when stopped it leaves the stream as it was and tells nothing more", async () => {
    const { stream, entries, tap, arrive } = await tapped();
    const listeners = stream.listenerCount("data");
    tap.stop();
    tap.stop();
    await arrive(rawFrame({ payload: "in" }));
    stream.write(rawFrame({ payload: "out", mask: false }));
    expect([entries, Object.hasOwn(stream, "write"), stream.listenerCount("data")]).toEqual([[], false, listeners - 1]);
    expect(stream.written).toHaveLength(1);
  });

  it("a second one that came later survives the first, and what is written arrives once", async () => {
    const { stream, entries, tap } = await tapped();
    const second: TapEntry[] = [];
    new SocketTap(stream, { heldBytes: () => 0, payloadBytes: 9, now: () => 8 }, (entry) => second.push(entry));
    await settled();
    tap.stop();
    stream.write(rawFrame({ payload: "out", mask: false }));
    expect([entries.length, second.map(shown), stream.written.length]).toEqual([0, [["out", "text", "out"]], 1]);
  });

  it("says that the connection is over", async () => {
    const { stream, entries } = await tapped();
    stream.destroy();
    await new Promise(setImmediate);
    expect(entries).toEqual([{ kind: "end", at: 7 }]);
  });
});
