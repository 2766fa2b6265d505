// Frames read out of bytes and built field by field, as the page draws and sends them.
import { expect, test } from "vitest";
import { buildFrame, fromHex, FrameReader, readFrames, toHex } from "../../../../../web/lab/wire/frames.ts";

const text = new TextEncoder().encode("Hello");
const plan = { fin: true, rsv: 0, opcode: 1, isMasked: true, lengthForm: "shortest", payload: text } as const;

test("a frame is read as it was built, wherever the bytes are cut", () => {
  const bytes = new Uint8Array([...buildFrame(plan), ...buildFrame({ ...plan, opcode: 9, isMasked: false })]);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new FrameReader();
    const frames = [...reader.receive(bytes.subarray(0, cut)), ...reader.receive(bytes.subarray(cut))];
    expect(frames.map(({ header, payload }) => [header.opcode, header.masked, toHex(payload)])).toEqual([
      [1, true, "48656c6c6f"],
      [9, false, "48656c6c6f"],
    ]);
    expect(reader.takeRest()).toBeUndefined();
  }
});

test("RFC 6455 §5.7 the examples of the specification", () => {
  const [masked] = readFrames(fromHex("81 85 37 fa 21 3d 7f 9f 4d 51 58") ?? new Uint8Array(0));
  expect([masked?.header.masked, new TextDecoder().decode(masked?.payload)]).toEqual([true, "Hello"]);
  expect(toHex(buildFrame({ ...plan, isMasked: false }))).toBe("810548656c6c6f");
});

test("each form of the length is written as asked, also where a shorter one would do", () => {
  const lengths = (["7", "16", "64"] as const).map((lengthForm) =>
    toHex(buildFrame({ ...plan, isMasked: false, lengthForm }).subarray(1, -5)),
  );
  expect(lengths).toEqual(["05", "7e0005", "7f0000000000000005"]);
  const [frame] = readFrames(buildFrame({ ...plan, lengthForm: "16" }));
  expect([frame?.header.minimal, frame?.header.length]).toEqual([false, 5]);
});

test("what is not complete stands last, and says so", () => {
  const frames = readFrames(new Uint8Array([...buildFrame(plan), ...buildFrame(plan).subarray(0, 7)]));
  expect(frames.map(({ isWhole }) => isWhole)).toEqual([true, false]);
  expect(readFrames(Uint8Array.of(0x81))).toEqual([]);
});

test("hex is read with blanks, and what is none is refused", () => {
  expect(fromHex(" 81, 0x05:fF\n")).toEqual(Uint8Array.of(0x81, 5, 0xff));
  expect([fromHex("8"), fromHex("zz"), fromHex("8 1 0")]).toEqual([undefined, undefined, undefined]);
});
