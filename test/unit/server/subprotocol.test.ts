import { describe, expect, it } from "vitest";
import { checkProtocols, chooseProtocol } from "../../../src/server/subprotocol.ts";
import type { UpgradeRequest } from "../../../src/server/upgrade-request.ts";

const offering = (...protocols: string[]): UpgradeRequest => ({ protocols }) as unknown as UpgradeRequest;

describe("the choice of a subprotocol", () => {
  it("is the first of the client's list that the route knows", () => {
    expect(chooseProtocol(["a", "b"], offering("c", "b", "a"))).toEqual({ protocol: "b" });
    expect(chooseProtocol(["A"], offering("a"))).toEqual({ protocol: undefined });
    expect(chooseProtocol(["a"], offering())).toEqual({ protocol: undefined });
    expect(chooseProtocol(undefined, offering("a"))).toEqual({ protocol: undefined });
  });

  it("may be the route's own, among what was offered", () => {
    expect(chooseProtocol((offered) => offered.at(-1), offering("a", "b"))).toEqual({ protocol: "b" });
    expect(chooseProtocol(() => undefined, offering("a"))).toEqual({ protocol: undefined });
  });

  it.each(["b", "A", "", null, 5, Promise.resolve("a")])(
    "P-09 is refused when it is %j, which was not offered",
    (choice) => {
      expect(chooseProtocol(() => choice as string, offering("a"))).toBe("unoffered");
    },
  );

  it("V-31 treats names of object members as plain text", () => {
    expect(chooseProtocol(["a"], offering("constructor", "__proto__"))).toEqual({ protocol: undefined });
    expect(chooseProtocol(["constructor"], offering("__proto__", "constructor"))).toEqual({ protocol: "constructor" });
  });

  it.each(["chat", ["a b"], [""], [5]])("refuses %j as a route's list", (protocols) => {
    expect(() => checkProtocols(protocols)).toThrow(expect.objectContaining({ code: "LW_SERVER_PROTOCOLS" }));
  });

  it("accepts lists, functions and nothing", () => {
    for (const protocols of [["chat.v1"], () => undefined, undefined]) checkProtocols(protocols);
  });
});
