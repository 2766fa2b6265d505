import { describe, expect, expectTypeOf, it } from "vitest";
import { parsePattern, type PathParams } from "../../../src/server/route-pattern.ts";

describe("a route pattern", () => {
  it("comes apart into static, named and rest segments", () => {
    expect(parsePattern("/chat/:room/*path")).toEqual([
      { kind: "static", text: "chat" },
      { kind: "param", name: "room" },
      { kind: "rest", name: "path" },
    ]);
  });

  it("gives its parameters as types", () => {
    expectTypeOf<PathParams<"/chat/:room">>().toEqualTypeOf<Readonly<Record<"room", string>>>();
    expectTypeOf<PathParams<"/a/:b/c/:d/*rest">>().toEqualTypeOf<Readonly<Record<"b" | "d" | "rest", string>>>();
    expectTypeOf<PathParams<"/files/*">>().toEqualTypeOf<Readonly<Record<"*", string>>>();
    expectTypeOf<keyof PathParams<"/chat">>().toEqualTypeOf<never>();
    expectTypeOf<PathParams<string>>().toEqualTypeOf<Readonly<Record<string, string>>>();
  });
});
