import { expect, it } from "vitest";
import * as channels from "../../../src/server/diagnostics.ts";

it("the channels have the names that the documentation gives, and nobody listens to begin with", () => {
  expect(
    Object.values(channels)
      .map(({ name }) => String(name))
      .toSorted(),
  ).toEqual([
    "longwire:connection:close",
    "longwire:connection:open",
    "longwire:handshake:refused",
    "longwire:message:in",
    "longwire:message:out",
  ]);
  expect(Object.values(channels).some(({ hasSubscribers }) => hasSubscribers)).toBe(false);
});
