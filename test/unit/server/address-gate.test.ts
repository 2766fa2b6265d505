import { describe, expect, it } from "vitest";
import { AddressGate, spareOf } from "../../../src/server/address-gate.ts";

const unlimited = { maxConnectionsPerAddress: 0, connectsPerSecondPerAddress: 0, connectBurstPerAddress: 0 };

describe("the gate per address", () => {
  it("remembers nobody when no limit asks for it", () => {
    const gate = new AddressGate(unlimited);
    for (let count = 0; count < 100; count++) expect(gate.enter("a", 0)).toBe("pass");
    expect(gate.size).toBe(0);
    gate.leave("a", 0);
  });

  it("lets as many in at once as the limit says, and the next when one leaves", () => {
    const gate = new AddressGate({ ...unlimited, maxConnectionsPerAddress: 2 });
    expect([gate.enter("a", 0), gate.enter("a", 0), gate.enter("a", 0)]).toEqual([
      "pass",
      "pass",
      "maxConnectionsPerAddress",
    ]);
    expect(gate.enter("b", 0)).toBe("pass");
    gate.leave("a", 0);
    expect(gate.enter("a", 0)).toBe("pass");
  });

  it("lets some more in who may come back to a session, as long as there are any, and calls that crowded", () => {
    const gate = new AddressGate({ ...unlimited, maxConnectionsPerAddress: 1 });
    const seen: unknown[] = [gate.enter("a", 0), gate.isCrowded("a"), gate.enter("a", 0, true)];
    gate.keep("a");
    seen.push(gate.enter("a", 0), gate.enter("a", 0, true), gate.isCrowded("a"), gate.enter("a", 0, true));
    gate.leave("a", 0);
    gate.leave("a", 0, true);
    seen.push(gate.enter("a", 0, true), gate.enter("a", 0, true));
    const full = "maxConnectionsPerAddress";
    expect(seen).toEqual(["pass", false, full, full, "pass", true, full, "pass", full]);
  });

  it.each([
    [1, 5, 1],
    [100, 0, 0],
    [100, 3, 3],
    [100, 90, 10],
  ])("beyond %i, with %i sessions: %i", (limit, sessionCount, expected) => {
    expect(spareOf(limit, sessionCount)).toBe(expected);
  });

  it("lets them in as fast as the rate says, after a burst", () => {
    const gate = new AddressGate({ ...unlimited, connectsPerSecondPerAddress: 2, connectBurstPerAddress: 3 });
    const enter = (now: number): string => gate.enter("a", now);
    expect([enter(0), enter(0), enter(0)]).toEqual(["pass", "pass", "pass"]);
    expect(enter(400)).toBe("connectsPerSecondPerAddress");
    expect(enter(500)).toBe("pass");
    expect(enter(500)).toBe("connectsPerSecondPerAddress");
  });

  it("V-26 forgets an address that has left and would find a full bucket", () => {
    const gate = new AddressGate({ ...unlimited, connectsPerSecondPerAddress: 1, connectBurstPerAddress: 2 });
    gate.enter("a", 0);
    gate.leave("a", 10_000);
    expect(gate.size).toBe(0);
  });

  it("does not grow with the number of addresses that came and went", () => {
    const gate = new AddressGate({ ...unlimited, connectsPerSecondPerAddress: 10, connectBurstPerAddress: 10 });
    for (let index = 0; index < 10_000; index++) {
      gate.enter(`address ${index}`, index * 10);
      gate.leave(`address ${index}`, index * 10);
    }
    expect(gate.size).toBeLessThan(600);
  });
});
