import { expect, test } from "vitest";
import { EnvelopeKind } from "../../../src/channels/envelope.ts";
import { accepts } from "../../../src/channels/states.ts";

test("P-121 nothing is accepted before it may come, nor after the end", () => {
  const { slice, credit, open, accept, reject, close, reset } = EnvelopeKind;
  for (const kind of [slice, credit, close]) {
    expect([accepts.asking.includes(kind), accepts.undecided.includes(kind)]).toEqual([false, false]);
    expect([accepts.open.includes(kind), accepts.closing.includes(kind)]).toEqual([true, true]);
  }
  for (const kind of [accept, reject]) {
    const states = Object.entries(accepts).filter(([, kinds]) => kinds.includes(kind));
    expect(states.map(([state]) => state)).toEqual(["asking"]);
  }
  expect(Object.values(accepts).flat()).not.toContain(open);
  expect([...accepts.answering, ...accepts.leaving, ...accepts.closed]).toEqual([]);
  for (const state of ["asking", "undecided", "open", "closing"] as const) expect(accepts[state]).toContain(reset);
});
