import { expect, expectTypeOf, it } from "vitest";
import { hookNames, type RouteHooks } from "../../../src/server/hooks.ts";

it("the names that are checked are those that the type has", () => {
  expectTypeOf<keyof RouteHooks<unknown, unknown, unknown>>().toEqualTypeOf<
    | "protocols"
    | "origins"
    | "authenticate"
    | "movable"
    | "outbox"
    | "open"
    | "message"
    | "ping"
    | "pong"
    | "drain"
    | "close"
    | "error"
  >();
  const all: Required<RouteHooks<unknown, unknown, unknown>> = {
    protocols: [],
    origins: [],
    authenticate: () => 1,
    movable: true,
    outbox: true,
    open() {},
    message() {},
    ping() {},
    pong() {},
    drain() {},
    close() {},
    error() {},
  };
  expect(Object.keys(all)).toEqual(hookNames);
});
