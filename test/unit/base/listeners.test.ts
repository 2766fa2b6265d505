import { expect, test } from "vitest";
import { settled } from "../../support/fake-clock.ts";
import { Listeners } from "../../../src/base/listeners.ts";

function createListeners(): { listeners: Listeners; reported: unknown[] } {
  const reported: unknown[] = [];
  return { listeners: new Listeners((error) => reported.push(error)), reported };
}

test("V-35 what a listener throws is reported once and goes no further", () => {
  const { listeners, reported } = createListeners();
  const error = new Error("mine");
  const guard = listeners.guard("message", () => {
    throw error;
  });
  expect(() => guard.call(undefined, new Event("message"))).not.toThrow();
  expect(reported).toEqual([error]);
});

test("V-35 what an asynchronous listener rejects with is reported", async () => {
  const { listeners, reported } = createListeners();
  const error = new Error("later");
  listeners.guard("message", async () => Promise.reject(error)).call(undefined, new Event("message"));
  await settled();
  expect(reported).toEqual([error]);
});

test("P-99 one listener has one guard, so that adding it twice adds it once", () => {
  const { listeners } = createListeners();
  const listener = (): void => {};
  expect(listeners.guard("message", listener)).toBe(listeners.guard("close", listener));
  expect(listeners.guardOf(listener)).toBe(listeners.guard("message", listener));
  const stranger = (): void => {};
  expect(listeners.guardOf(stranger)).toBe(stranger);
});

test("P-99 handleEvent is looked up at each event, and called on its object", () => {
  const { listeners, reported } = createListeners();
  const seen: unknown[] = [];
  const listener: { handleEvent?: unknown } = {};
  const guard = listeners.guard("message", listener);
  guard.call(undefined, new Event("message"));
  expect(reported).toEqual([expect.any(TypeError)]);
  listener.handleEvent = function handleEvent(this: unknown, event: Event): void {
    seen.push(this, event.type);
  };
  guard.call(undefined, new Event("message"));
  expect(seen).toEqual([listener, "message"]);
});

test("it knows which types were ever listened to", () => {
  const { listeners } = createListeners();
  expect(listeners.hears("message")).toBe(false);
  listeners.guard("message", () => {});
  expect(listeners.hears("message")).toBe(true);
  expect(listeners.hears("close")).toBe(false);
});

test("P-99 an event handler attribute keeps its place while it is replaced, and loses it with null", () => {
  const { listeners } = createListeners();
  const target = new EventTarget();
  const calls: string[] = [];
  listeners.setAttribute(target, "x", () => calls.push("attribute 1"));
  target.addEventListener("x", () => calls.push("listener"));
  listeners.setAttribute(target, "x", () => calls.push("attribute 2"));
  target.dispatchEvent(new Event("x"));
  expect(calls.splice(0)).toEqual(["attribute 2", "listener"]);
  listeners.setAttribute(target, "x", null);
  listeners.setAttribute(target, "x", () => calls.push("attribute 3"));
  target.dispatchEvent(new Event("x"));
  expect(calls).toEqual(["listener", "attribute 3"]);
});

test("P-99 an attribute may replace or remove itself while it runs", () => {
  const { listeners } = createListeners();
  const target = new EventTarget();
  const calls: string[] = [];
  listeners.setAttribute(target, "x", () => {
    calls.push("first");
    listeners.setAttribute(target, "x", null);
  });
  target.dispatchEvent(new Event("x"));
  target.dispatchEvent(new Event("x"));
  expect(calls).toEqual(["first"]);
});

test.each([undefined, null, 1, ";", true, Symbol("s")])("P-99 an attribute set to %s is null", (value) => {
  const { listeners } = createListeners();
  const target = new EventTarget();
  listeners.setAttribute(target, "x", () => {
    throw new Error("still there");
  });
  listeners.setAttribute(target, "x", value);
  expect(listeners.attribute("x")).toBeNull();
  target.dispatchEvent(new Event("x"));
});

test("P-99 an object that cannot be called is kept and not called, not even its handleEvent", () => {
  const { listeners, reported } = createListeners();
  const target = new EventTarget();
  const value = {
    handleEvent(): void {
      reported.push("called");
    },
  };
  listeners.setAttribute(target, "x", value);
  expect(listeners.attribute("x")).toBe(value);
  target.dispatchEvent(new Event("x"));
  expect(reported).toEqual([]);
});
