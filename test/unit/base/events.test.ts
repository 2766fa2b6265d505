import { afterEach, expect, test } from "vitest";
import { eventClasses, replaceEventClasses } from "../../../src/base/events.ts";

const before = eventClasses;
afterEach(() => replaceEventClasses(before));

test("a runtime that lacks the classes is given others, which count from then on", () => {
  class CloseEvent extends Event {
    readonly code = 1;
    readonly reason = "";
    readonly wasClean = true;
  }
  replaceEventClasses({ ...before, CloseEvent });
  expect(new eventClasses.CloseEvent("close")).toBeInstanceOf(CloseEvent);
});

test("P-102 what a close dispatches is of the class in force", async () => {
  const { CloseEvent } = await import("../../../src/base/own-events.ts");
  expect(new eventClasses.CloseEvent("close", { code: 4001 })).toBeInstanceOf(CloseEvent);
});
