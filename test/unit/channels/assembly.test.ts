import { expect, test } from "vitest";
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
