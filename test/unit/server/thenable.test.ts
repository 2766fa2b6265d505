import { expect, it } from "vitest";
import { isThenable } from "../../../src/server/thenable.ts";

it("a promise of any make can be waited for, nothing else", () => {
  const foreign = Object.fromEntries([["then", () => {}]]);
  expect([Promise.resolve(), foreign].map(isThenable)).toEqual([true, true]);
  expect([undefined, null, 1, "then", {}, Object.fromEntries([["then", 1]]), () => {}].some(isThenable)).toBe(false);
});
