import { expect, onTestFinished, test, vi } from "vitest";
import { platform } from "../../../src/base/platform.ts";
import { Assembly } from "../../../src/channels/assembly.ts";
import { bytes, concat } from "../../support/byte-builder.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

test("slices of any sizes make the message that was cut into them", () => {
  const random = new SeededRandom(7);
  for (let round = 0; round < 50; round++) {
    const slices = Array.from({ length: random.between(0, 9) }, () => random.bytes(random.pick([0, 1, 900, 16_384])));
    const last = random.bytes(random.between(0, 3));
    const assembly = new Assembly();
    for (const slice of slices) assembly.append(slice);
    expect(assembly.length).toBe(concat(slices).length);
    expect(Buffer.compare(assembly.complete(last), concat([...slices, last]))).toBe(0);
  }
});

test("what was appended is a copy", () => {
  const assembly = new Assembly();
  const slice = bytes("abc");
  assembly.append(slice);
  slice.fill(0);
  expect(assembly.complete(bytes("d"))).toEqual(bytes("abcd"));
});

test("rooms are used again, by messages that keep nothing of each other; as many as 1 MiB takes are kept", () => {
  const allocate = vi.spyOn(platform, "allocate");
  onTestFinished(() => allocate.mockRestore());
  const slice = new Uint8Array(16_384);
  const roomsFor = (count: number): number => {
    allocate.mockClear();
    const assembly = new Assembly();
    for (let index = 0; index < count; index++) assembly.append(slice.fill(index));
    const whole = assembly.complete(bytes("end"));
    expect(whole.every((byte, at) => at >= count * 16_384 || byte === Math.floor(at / 16_384) % 256)).toBe(true);
    expect(assembly.length).toBe(0);
    // The last one is for the message.
    return allocate.mock.calls.length - 1;
  };
  roomsFor(100);
  expect(roomsFor(64)).toBe(0);
  expect(roomsFor(3)).toBe(0);
  expect(roomsFor(70)).toBe(6);
  const first = new Assembly();
  const second = new Assembly();
  first.append(bytes("one"));
  second.append(bytes("two"));
  expect([first.complete(bytes("!")), second.complete(bytes("?"))]).toEqual([bytes("one!"), bytes("two?")]);
});
