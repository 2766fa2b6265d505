// What a story comes to.
import { expect, test } from "vitest";
import type { Story, StoryLine } from "../../../../../src/cli/lab/persist/wire.ts";
import { outcomeOf, spansOf } from "../../../../../web/lab/persist/outcome.ts";

const story = (lines: readonly StoryLine[], messages: Story["messages"] = []): Story => ({
  kind: "plain",
  hasHeartbeat: false,
  lines,
  messages,
  beats: [],
  beatBytes: 0,
});

test("a connection that nobody left works to the end", () => {
  expect(spansOf(story([{ from: 0 }]), 3_600)).toEqual([{ from: 0, to: 3_600, state: "works" }]);
  expect(outcomeOf(story([{ from: 0 }]), 3_600)).toMatchObject({ server: undefined, page: undefined });
});

test("a dead one is dead until the last of both has noticed", () => {
  const line = { from: 0, deadAt: 300, killedBy: "nat", serverLeftAt: 900 } as const;
  expect(spansOf(story([line]), 3_600)).toEqual([
    { from: 0, to: 300, state: "works" },
    { from: 300, to: 3_600, state: "dead" },
  ]);
  expect(outcomeOf(story([line]), 3_600)).toMatchObject({
    server: { seconds: 600, isForEver: false },
    page: { seconds: 3_300, isForEver: true },
  });
});

test("nobody believes beyond its own death, and a goodbye leaves nothing to believe in", () => {
  const died = { from: 0, deadAt: 300, killedBy: "trouble", serverLeftAt: 300, pageLeftAt: 320 } as const;
  expect(outcomeOf(story([died]), 3_600)).toMatchObject({ server: undefined, page: { seconds: 20 } });
  const closed = { from: 0, serverLeftAt: 200, pageLeftAt: 201 };
  expect(spansOf(story([closed]), 3_600)).toEqual([{ from: 0, to: 200, state: "works" }]);
});

test("what never arrived is counted, and how late the latest was", () => {
  const messages = [{ sentAt: 10, arrivedAt: 10.1 }, { sentAt: 20, arrivedAt: 35 }, { sentAt: 30 }];
  expect(outcomeOf(story([{ from: 0 }], messages), 60)).toMatchObject({ lost: 1, all: 3, latest: 15 });
});
