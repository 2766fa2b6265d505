// Looking at a global object where anything may be missing or throw.
import { expect, test } from "vitest";
import { globals, look } from "../../../../src/client/page/globals.ts";
import { forbiddenGlobals } from "../../../support/fake-globals.ts";

test("what is there is given, what is missing is undefined, and so is what may not be looked at", () => {
  expect(look({ navigator: { onLine: false } }, "navigator")).toEqual({ onLine: false });
  expect(look(undefined, "navigator" as never)).toBeUndefined();
  expect(look({ fetch: null } as object as { fetch: unknown }, "fetch")).toBeUndefined();
  expect(look(forbiddenGlobals(), "sessionStorage")).toBeUndefined();
});

test("the global object is the one of this runtime", () => {
  expect(globals()).toBe(globalThis);
});
