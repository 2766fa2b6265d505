import { expect, it } from "vitest";
import { isThenable } from "../../../src/server/thenable.ts";

it("a promise of any make can be waited for, nothing else", () => {
  const foreign = new Proxy({}, { has: () => true, get: () => () => {} });
  expect([Promise.resolve(), foreign].map(isThenable)).toEqual([true, true]);
  expect([undefined, null, 1, "then", {}, JSON.parse('{"then":1}') as unknown, () => {}].some(isThenable)).toBe(false);
});
