import { expect, test } from "vitest";
import { exposeWebSocketInterface } from "../../../src/base/web-interface.ts";

class Base {
  get url(): string {
    return "ws://example/";
  }

  send(_data: string): void {}
  ping(): void {}
}
class Derived extends Base {}
exposeWebSocketInterface(Derived);

test("constants stand on the class and its prototype, and cannot be changed", () => {
  for (const place of [Derived, Derived.prototype]) {
    expect(Object.getOwnPropertyDescriptor(place, "CLOSING")).toEqual({
      value: 2,
      enumerable: true,
      writable: false,
      configurable: false,
    });
    expect(["CONNECTING", "OPEN", "CLOSING", "CLOSED"].map((name) => Reflect.get(place, name) as number)).toEqual([
      0, 1, 2, 3,
    ]);
  }
});

test("the standard's members become enumerable and the prototype's own, others stay as they are", () => {
  expect(Object.getOwnPropertyDescriptor(Derived.prototype, "url")).toMatchObject({
    enumerable: true,
    configurable: true,
    set: undefined,
  });
  expect(Object.getOwnPropertyDescriptor(Derived.prototype, "send")).toMatchObject({
    enumerable: true,
    writable: true,
  });
  expect(Object.hasOwn(Derived.prototype, "ping")).toBe(false);
  expect(new Derived().url).toBe("ws://example/");
});

test("the tag names the interface, and so does the class", () => {
  expect(Derived.name).toBe("WebSocket");
  expect(Object.prototype.toString.call(new Derived())).toBe("[object WebSocket]");
  expect(Object.getOwnPropertyDescriptor(Derived.prototype, Symbol.toStringTag)).toMatchObject({
    enumerable: false,
    writable: false,
    configurable: true,
  });
});
