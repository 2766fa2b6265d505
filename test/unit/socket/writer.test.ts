import { afterEach, describe, expect, test, vi } from "vitest";
import { FrameEncoder } from "../../../src/protocol/frame-encoder.ts";
import { Opcode } from "../../../src/protocol/frame.ts";
import { Writer } from "../../../src/socket/writer.ts";
import { concat, utf8 } from "../../support/byte-builder.ts";
import { createPipePair, RecordingReceiver, type MemoryPipe, type PipeOptions } from "../../support/pipe-pair.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const KiB = 1024;
const BOUND = 64 * KiB;

afterEach(() => vi.restoreAllMocks());

/** A writer over a pipe whose far end reads when it is told to. */
function createWriter(options: PipeOptions = {}): {
  writer: Writer;
  pipe: MemoryPipe;
  read: (count?: number) => Uint8Array;
} {
  const [pipe, far] = createPipePair(options);
  const receiver = new RecordingReceiver();
  far.open(receiver);
  const read = (count = Infinity): Uint8Array => {
    for (let left = count; far.hasIncoming && left > 0; left -= receiver.chunks.at(-1)?.length ?? 0) far.deliver(left);
    return count === Infinity ? receiver.bytes : new Uint8Array();
  };
  return { writer: new Writer(pipe, BOUND), pipe, read };
}

/** Writes `data` as an encoder does. */
function put(writer: Writer, data: string | Uint8Array, spare = 0): void {
  const bytes = typeof data === "string" ? utf8(data) : data;
  writer.reserve(bytes.length + spare);
  writer.slab.set(bytes, writer.at);
  writer.commit(bytes.length);
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe("order", () => {
  test("what is written in one turn leaves in one write, and nothing leaves before the flush", () => {
    const { writer, pipe, read } = createWriter();
    const write = vi.spyOn(pipe, "write");
    for (const word of ["a", "b", "c"]) put(writer, word);
    expect(writer.queuedBytes).toBe(3);
    expect(textOf(read())).toBe("");
    writer.flush();
    writer.flush();
    expect(write).toHaveBeenCalledTimes(1);
    expect(textOf(read())).toBe("abc");
    expect([writer.queuedBytes, writer.pendingBytes, writer.cost]).toEqual([0, 0, 0]);
  });

  test("two connections that write in turns keep their bytes apart", () => {
    const left = createWriter();
    const right = createWriter();
    for (let index = 0; index < 10; index++) {
      put(left.writer, `l${index}`);
      put(right.writer, `r${index}`);
    }
    right.writer.flush();
    left.writer.flush();
    expect(textOf(left.read())).toBe("l0l1l2l3l4l5l6l7l8l9");
    expect(textOf(right.read())).toBe("r0r1r2r3r4r5r6r7r8r9");
  });

  test("small, large and passed bytes leave in the order in which they were written", () => {
    const { writer, read } = createWriter();
    const pieces = [utf8("first"), new Uint8Array(20 * KiB).fill(1), utf8("second"), utf8("shared"), utf8("third")];
    put(writer, pieces[0] as Uint8Array);
    put(writer, pieces[1] as Uint8Array);
    put(writer, pieces[2] as Uint8Array);
    writer.pass(pieces[3] as Uint8Array);
    put(writer, pieces[4] as Uint8Array);
    writer.flush();
    expect(Buffer.compare(read(), concat(pieces))).toBe(0);
  });

  test.each([
    ["a pipe that is done with its memory when nothing is pending", true],
    ["a pipe that reads its memory later", false],
  ])("over %s, many writers with slow and quick peers each get their own bytes, in order", (_name, reusable) => {
    const random = new SeededRandom(64);
    const ends = Array.from({ length: 6 }, (_, index) => ({
      ...createWriter({ reusable, windowBytes: index < 2 ? Infinity : 100 * index }),
      sent: [] as Uint8Array[],
    }));
    for (let round = 0; round < 3_000; round++) {
      const end = random.pick(ends);
      const action = random.between(0, 9);
      if (action < 6) {
        const size = random.chance(0.02) ? random.between(16 * KiB, 40 * KiB) : random.between(0, 300);
        const bytes = random.bytes(size);
        end.sent.push(bytes);
        if (random.chance(0.2)) end.writer.pass(bytes);
        else put(end.writer, bytes, random.between(0, 10));
      } else if (action < 8) {
        end.writer.flush();
      } else {
        end.read(random.between(0, 100_000));
      }
    }
    for (const { writer, read, sent } of ends) {
      while (writer.pendingBytes > 0) {
        writer.flush();
        read();
      }
      expect(Buffer.compare(read(), concat(sent))).toBe(0);
      expect(writer.cost).toBe(0);
    }
  });
});

describe("V-22 a peer that does not read", () => {
  test("gets no more into its pipe than the bound, but whole pieces; the rest waits here", () => {
    const { writer, pipe } = createWriter({ windowBytes: 0 });
    for (let index = 0; index < 100; index++) put(writer, new Uint8Array(20 * KiB).fill(index));
    expect(writer.congested).toBe(true);
    writer.flush();
    expect(pipe.pendingBytes).toBe(80 * KiB);
    expect(writer.queuedBytes).toBe(1_920 * KiB);
    writer.flush();
    expect(pipe.pendingBytes).toBe(80 * KiB);
    expect(writer.pendingBytes).toBe(2_000 * KiB);
  });

  test("is congested from the bound on, whatever lies here or in the pipe", () => {
    const { writer } = createWriter({ windowBytes: 0 });
    put(writer, new Uint8Array(40 * KiB));
    writer.flush();
    put(writer, new Uint8Array(24 * KiB - 1));
    expect(writer.congested).toBe(false);
    put(writer, "x");
    expect(writer.congested).toBe(true);
    expect(writer.pendingBytes).toBe(64 * KiB);
  });

  test("costs its bytes and 128 for each piece, and small ones are joined in few pieces", () => {
    const { writer, pipe } = createWriter({ windowBytes: 0 });
    put(writer, new Uint8Array(64 * KiB));
    writer.flush();
    expect(pipe.pendingBytes).toBe(64 * KiB);
    for (let index = 0; index < 10_000; index++) {
      put(writer, "0123456789");
      writer.flush();
    }
    expect(writer.queuedBytes).toBe(100_000);
    expect(writer.cost).toBeLessThanOrEqual(64 * KiB + 100_000 + 40 * 128);
    expect(writer.cost).toBeGreaterThanOrEqual(64 * KiB + 100_000 + 128);
  });

  test("gets small bytes one by one as few pieces of their own size, never as pieces of the shared memory", () => {
    const { writer, pipe } = createWriter({ windowBytes: 0 });
    put(writer, "first");
    writer.flush();
    const handed: Uint8Array[] = [];
    const write = pipe.write.bind(pipe);
    pipe.write = (parts) => {
      handed.push(...parts);
      write(parts);
    };
    for (let index = 0; index < 10_000; index++) {
      put(writer, "0123456789");
      writer.flush();
    }
    expect(writer.waitsForPipe).toBe(true);
    expect(writer.pendingBytes).toBe(100_005);
    expect(pipe.pendingBytes).toBeLessThanOrEqual(64 * KiB + 16 * KiB);
    expect(handed.length).toBeLessThanOrEqual(70);
    const memory = new Set(handed.map(({ buffer }) => buffer));
    expect([...memory].reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThanOrEqual(128 * KiB);
  });

  test("costs a small frame that others get too as its bytes, not as an object", () => {
    const { writer, read } = createWriter({ windowBytes: 0 });
    put(writer, new Uint8Array(64 * KiB));
    writer.flush();
    const shared = utf8("shared by all");
    for (let index = 0; index < 10_000; index++) writer.pass(shared);
    expect(writer.cost).toBeLessThanOrEqual(64 * KiB + 10_000 * shared.length + 40 * 128);
    expect(textOf(shared)).toBe("shared by all");
    expect(read()).toHaveLength(0);
  });

  test("does not pin the memory that all connections share", () => {
    const slow = createWriter({ windowBytes: 0 });
    put(slow.writer, new Uint8Array(64 * KiB));
    slow.writer.flush();
    put(slow.writer, "waits");
    slow.writer.flush();
    const other = createWriter();
    put(other.writer, "#".repeat(10 * KiB));
    other.writer.flush();
    const parts: Uint8Array[] = [];
    vi.spyOn(slow.pipe, "pendingBytes", "get").mockReturnValue(0);
    vi.spyOn(slow.pipe, "write").mockImplementation((written) => void parts.push(...written));
    slow.writer.flush();
    expect(textOf(concat(parts))).toBe("waits");
    expect(parts.every((part) => part.buffer.byteLength < 64 * KiB)).toBe(true);
  });

  test("clear() forgets what the pipe has not got, and the next bytes follow a frame's end", () => {
    const { writer, pipe, read } = createWriter({ windowBytes: 10 });
    put(writer, "[".concat("x".repeat(64 * KiB), "]"));
    writer.flush();
    expect(pipe.pendingBytes).toBeGreaterThan(0);
    for (const frame of ["[dropped]", "[also]"]) put(writer, frame);
    put(writer, new Uint8Array(30 * KiB));
    writer.clear();
    expect(writer.queuedBytes).toBe(0);
    put(writer, "[bye]");
    for (let round = 0; round < 10_000 && writer.pendingBytes > 0; round++) {
      writer.flush();
      read();
    }
    expect(textOf(read()).replace(/x+/, "x")).toBe("[x][bye]");
    expect(writer.cost).toBe(0);
  });
});

test("I-02 what is answered while a pipe takes what waited goes behind it, and is not lost", () => {
  const { writer, pipe } = createWriter();
  const taken: string[] = [];
  vi.spyOn(pipe, "write").mockImplementation((parts) => {
    taken.push(...parts.map((part) => (part.length > 100 ? String(part.length) : textOf(part))));
    if (taken.length < 3) put(writer, `answer ${String(taken.length)}`);
  });
  for (let count = 0; count < 3; count++) writer.pass(new Uint8Array(60_000));
  writer.flush();
  put(writer, "last");
  writer.flush();
  expect(taken).toEqual(["60000", "60000", "60000", "answer 2", "last"]);
  expect(writer.queuedBytes).toBe(0);
});

describe("memory", () => {
  test("an idle writer keeps no part of the shared memory", () => {
    const { writer } = createWriter();
    put(writer, "x");
    writer.flush();
    expect(writer.slab).toHaveLength(0);
  });

  test.each([
    ["has not sent it all", { windowBytes: 3 }],
    // TLS says that nothing is pending and still reads from the memory later.
    ["encrypts it later", { reusable: false }],
  ])("P-42 what was handed to a pipe that %s is not written to until the pipe is done with it", (_name, options) => {
    const quick = createWriter();
    const fill = (): void => {
      for (let index = 0; index < 20; index++) {
        put(quick.writer, "#".repeat(5_000));
        quick.writer.flush();
      }
    };
    // Before and behind it: the memory is one that no pipe reads yet.
    fill();
    const { writer, pipe } = createWriter(options);
    const parts: Uint8Array[] = [];
    const { write } = pipe;
    vi.spyOn(pipe, "write").mockImplementation((written) => {
      parts.push(...written);
      write.call(pipe, written);
    });
    put(writer, "in flight");
    writer.flush();
    fill();
    expect(textOf(concat(parts))).toBe("in flight");
  });

  test.each([
    ["that is done with it", { reusable: true }, 1],
    ["that reads it later", { reusable: false }, 2],
    ["whose peer is slow", { windowBytes: 0 }, 2],
  ])("frames that leave one by one share it, over a pipe %s", (_name, options, most) => {
    const allocate = vi.spyOn(Buffer, "allocUnsafeSlow");
    const pieces = new Set<ArrayBufferLike>();
    // The largest that a session sends, with its heads, and small ones: together less than the shared memory.
    for (const size of [16 * KiB + 18, ...Array.from({ length: 40 }, () => 100)]) {
      const { writer, pipe } = createWriter(options);
      vi.spyOn(pipe, "write").mockImplementation((parts) => parts.forEach((part) => pieces.add(part.buffer)));
      put(writer, new Uint8Array(size), 10);
      writer.flush();
    }
    expect(pieces.size).toBeLessThanOrEqual(most);
    expect(allocate.mock.calls.length).toBeLessThan(most);
  });

  test("V-34 memory that was not written is never sent: the heap is full of canaries, the wire has none", () => {
    const canary = Buffer.alloc(16, "CANARY");
    vi.spyOn(Buffer, "allocUnsafeSlow").mockImplementation((size) => Buffer.alloc(size, canary));
    const random = new SeededRandom(34);
    for (const side of ["server", "client"] as const) {
      const { writer, read } = createWriter({ windowBytes: 50_000 });
      const encoder = new FrameEncoder(writer, side === "client" ? { ...zeroKey } : undefined);
      let total = 0;
      while (total < 5 * KiB * KiB) {
        const size = random.chance(0.1) ? random.between(0, 100_000) : random.between(0, 2_000);
        encoder.encode(Opcode.binary, new Uint8Array(size).fill(0x2e));
        if (random.chance(0.3)) encoder.encode(Opcode.text, "é".repeat(random.between(0, 300)));
        if (random.chance(0.5)) writer.flush();
        if (random.chance(0.01)) read(50_000);
        total += size;
      }
      while (writer.pendingBytes > 0) {
        writer.flush();
        read(50_000);
      }
      const sent = Buffer.from(read());
      expect(sent.length).toBeGreaterThan(5 * KiB * KiB);
      expect(sent.includes("CANAR")).toBe(false);
    }
  });
});

test("P-96 payload bytes are counted without headers, until nothing is pending", () => {
  const { writer } = createWriter({ windowBytes: 0 });
  put(writer, "hdpayload");
  writer.countPayload(7);
  expect(writer.payloadBytes).toBe(7);
  writer.flush();
  expect(writer.payloadBytes).toBe(7);
  put(writer, "hdmore");
  writer.countPayload(4);
  expect(writer.payloadBytes).toBe(11);
  const quick = createWriter();
  put(quick.writer, "hdpayload");
  quick.writer.countPayload(7);
  quick.writer.flush();
  expect(quick.writer.payloadBytes).toBe(0);
  put(quick.writer, "hdx");
  quick.writer.countPayload(1);
  expect(quick.writer.payloadBytes).toBe(1);
});

const zeroKey = {
  fill: (bytes: Uint8Array): void => {
    bytes.fill(0);
  },
  fraction: (): number => 0,
};
