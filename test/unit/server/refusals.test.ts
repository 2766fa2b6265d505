import { describe, expect, it } from "vitest";
import { formatRefusal } from "../../../src/protocol/handshake/upgrade-response.ts";
import * as refusals from "../../../src/server/refusals.ts";
import { systemRandom } from "../../../src/base/random.ts";

const timed = [
  refusals.draining,
  refusals.full,
  refusals.memoryShort,
  refusals.addressFull,
  refusals.addressRate,
  refusals.authenticateSlow,
];
const plain = [
  refusals.misdirected,
  refusals.unroutable,
  refusals.hostBroken,
  refusals.hookFailed,
  refusals.protocolUnoffered,
  refusals.originRefused("because"),
];

describe("refusals", () => {
  it("that pass with time say when to come back", () => {
    for (const make of timed) {
      const refusal = make(7);
      expect([503, 429]).toContain(refusal.status);
      expect(refusal.headers).toEqual({ "Retry-After": "7" });
    }
  });

  it("V-48 all end the connection and have a length", () => {
    for (const refusal of [...plain, ...timed.map((make) => make(1))]) {
      const head = formatRefusal(refusal).split("\r\n\r\n")[0] ?? "";
      expect(head).toMatch(/\r\nConnection: close(\r\n|$)/);
      expect(head).toMatch(/\r\nContent-Length: \d+(\r\n|$)/);
      expect(head).not.toMatch(/^HTTP\/1\.1 101/);
      expect(refusal.code).toMatch(/^LW_SERVER_[A-Z_]+$/);
    }
    const codes = [...plain, ...timed.map((make) => make(1))].map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it("spread the moment to come back over ten seconds", () => {
    const seconds = new Set(Array.from({ length: 500 }, () => refusals.spreadSeconds(systemRandom)));
    expect([...seconds].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
