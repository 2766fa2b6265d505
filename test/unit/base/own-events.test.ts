import { expect, test } from "vitest";
import { CloseEvent, ErrorEvent } from "../../../src/base/own-events.ts";

test("P-102 a CloseEvent carries code, reason and wasClean", () => {
  const event = new CloseEvent("close", { code: 4001, reason: "because", wasClean: true });
  expect(event).toBeInstanceOf(Event);
  expect([event.type, event.code, event.reason, event.wasClean]).toEqual(["close", 4001, "because", true]);
  expect(event.bubbles).toBe(false);
  expect(event.cancelable).toBe(false);
});

test("a CloseEvent of nothing has the standard's defaults", () => {
  const event = new CloseEvent("close");
  expect([event.code, event.reason, event.wasClean]).toEqual([0, "", false]);
  expect(new CloseEvent("close", { code: 65_537 }).code).toBe(1);
});

test("an ErrorEvent carries the error and its message", () => {
  const error = new Error("broken");
  const event = new ErrorEvent("error", { message: error.message, error });
  expect(event).toBeInstanceOf(Event);
  expect([event.message, event.error, event.filename, event.lineno, event.colno]).toEqual(["broken", error, "", 0, 0]);
});

test("both classes look like interfaces: a name, a tag, enumerable attributes", () => {
  for (const [type, name, attribute] of [
    [CloseEvent, "CloseEvent", "wasClean"],
    [ErrorEvent, "ErrorEvent", "error"],
  ] as const) {
    expect(Reflect.get(type, "name")).toBe(name);
    expect(Object.prototype.toString.call(new type("x"))).toBe(`[object ${name}]`);
    expect(Object.getOwnPropertyDescriptor(type.prototype, attribute)?.enumerable).toBe(true);
    expect(Object.keys(new type("x"))).not.toContain("code");
  }
});
