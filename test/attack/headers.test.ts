// Frame headers that promise what cannot be, or what may not: refused before any payload. RELIABILITY V-09, V-11.
import { expect } from "vitest";
import { rawFrame } from "../support/raw-client.ts";
import { attack } from "./support/attack.ts";

attack(
  "V-09 an absurd length is refused after the ten bytes of its header: 1009, or 1002 if it is negative",
  {},
  async ({ target, closeCodeOf, factsOnce }) => {
    const lengths: ReadonlyArray<readonly [length: bigint, code: number]> = [
      [2n ** 31n - 1n, 1009],
      [2n ** 31n, 1009],
      [2n ** 32n - 1n, 1009],
      [2n ** 32n + 1n, 1009],
      [2n ** 53n - 1n, 1009],
      [2n ** 53n, 1009],
      [2n ** 63n - 1n, 1009],
      [2n ** 63n, 1002],
      [2n ** 64n - 1n, 1002],
    ];
    let attacks = 0;
    for (const [length, code] of lengths) {
      for (const start of [rawFrame({ fin: false, opcode: 2, payload: "a" }), Buffer.alloc(0)]) {
        const client = await target.open("/sink");
        const opcode = start.length > 0 ? 0 : 1;
        const header = rawFrame({ opcode, announce: length }).subarray(0, 10);
        client.write(Buffer.concat([start, header]));
        expect(await closeCodeOf(client), `2 ** ${String(Math.log2(Number(length)))}`).toBe(code);
        client.destroy();
        attacks++;
      }
    }
    const { counts, accountedPeakBytes } = await factsOnce(({ counts: { close } }) => close === attacks);
    expect(counts.message).toBe(0);
    // The one byte of the message that a continuation was announced for, in its first kilobyte of room.
    expect(accountedPeakBytes).toBeLessThanOrEqual(1024 + 128 + 64);
  },
);

attack("V-11 a reserved opcode is refused before its payload: 1002", {}, async ({ target, closeCodeOf, factsOnce }) => {
  const opcodes = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];
  for (const opcode of opcodes) {
    const client = await target.open("/sink");
    client.write(rawFrame({ opcode, announce: 1024 * 1024, payload: "0123456789" }));
    expect(await closeCodeOf(client), `opcode ${String(opcode)}`).toBe(1002);
    client.destroy();
  }
  const { accountedPeakBytes } = await factsOnce(({ counts }) => counts.close === opcodes.length);
  expect(accountedPeakBytes).toBeLessThanOrEqual(512);
});
