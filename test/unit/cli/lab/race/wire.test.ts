import { describe, expect, it } from "vitest";
import { parseRaceRequest } from "../../../../../src/cli/lab/race/wire.ts";

const settings = { rate: 10, bytes: 256, pollMs: 1_000, clients: 0 };

describe("parseRaceRequest", () => {
  it("takes settings that can be chosen, and nothing besides", () => {
    expect(parseRaceRequest({ type: "run", settings: { ...settings, more: 1 } })).toEqual({ type: "run", settings });
  });

  it.each([
    { rate: 1_000_000 },
    { rate: "10" },
    { bytes: 1e9 },
    { pollMs: 0 },
    { clients: 10_001 },
    { clients: -1 },
    { clients: undefined },
  ])("refuses %o", (wrong) => {
    expect(parseRaceRequest({ type: "run", settings: { ...settings, ...wrong } })).toBeUndefined();
  });

  it("takes pause, reset and end, and refuses what is none of them", () => {
    expect(["pause", "reset", "end"].map((type) => parseRaceRequest({ type, x: 1 }))).toEqual([
      { type: "pause" },
      { type: "reset" },
      { type: "end" },
    ]);
    expect([undefined, null, 1, "end", {}, { type: "run" }, { type: "stop" }].map(parseRaceRequest)).toEqual(
      Array.from({ length: 7 }),
    );
  });
});
