import { expect, it } from "vitest";
import { checkHooks } from "../../../src/server/hook-check.ts";

it("hooks that can be used pass", () => {
  checkHooks("/", {});
  checkHooks("/", { open() {}, message: undefined, protocols: ["a"], movable: true, authenticate: () => 1 });
});

it.each([
  [{ onmessage() {} }, /the hook is called `message`/],
  [{ message: "no" }, /message of route\("\/chat"\) must be a function/],
  [{ authenticate: null }, /authenticate of route\("\/chat"\) must be a function; it is null/],
  [{ protocols: ["a b"] }, /no client can offer/],
  [{ movable: "yes" }, /movable of route\("\/chat"\) must be true or false/],
])("%j is refused and says what was meant", (hooks, why) => {
  expect(() => checkHooks("/chat", hooks)).toThrow(why);
});
