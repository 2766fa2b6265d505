// What the page makes of what it hears, over reconnects: nothing shown twice, nothing missing without a word.
import { expect, it } from "vitest";
import type { Said, ServerMessage } from "../../../../src/cli/chat/wire.ts";
import { Conversation, pendingLimit } from "../../../../web/chat/conversation.ts";

function said(id: number, name = "Ben", key = `k${id}`): Said {
  return { id, at: id, name, text: `text ${id}`, key };
}

function welcome(ids: readonly Said[], epoch = "e1"): Extract<ServerMessage, { type: "welcome" }> {
  return { type: "welcome", epoch, name: "Ada", members: ["Ada", "Ben"], messages: ids };
}

const ids = (messages: readonly Said[]): number[] => messages.map((message) => message.id);

it("a first welcome brings all its messages", () => {
  const conversation = new Conversation("Ada");
  const arrival = conversation.enter(welcome([said(4), said(5)]));
  expect(arrival.continuity).toBe("first");
  expect(ids(arrival.messages)).toEqual([4, 5]);
  expect([...conversation.members]).toEqual(["Ada", "Ben"]);
});

it("a later welcome brings only what was not shown", () => {
  const conversation = new Conversation("Ada");
  conversation.enter(welcome([said(4)]));
  expect(conversation.hear(said(5))).toBe(true);
  expect(conversation.hear(said(5))).toBe(false);
  const arrival = conversation.enter(welcome([said(4), said(5), said(6)]));
  expect(arrival.continuity).toBe("whole");
  expect(ids(arrival.messages)).toEqual([6]);
});

it("a hole between what was shown and what is still kept is noticed", () => {
  const conversation = new Conversation("Ada");
  conversation.enter(welcome([said(4)]));
  expect(conversation.enter(welcome([said(6), said(7)])).continuity).toBe("missed");
  expect(conversation.enter(welcome([said(8)])).continuity).toBe("whole");
});

it("a room made anew starts its count anew", () => {
  const conversation = new Conversation("Ada");
  conversation.enter(welcome([said(40)]));
  const arrival = conversation.enter(welcome([said(1)], "e2"));
  expect(arrival.continuity).toBe("restarted");
  expect(ids(arrival.messages)).toEqual([1]);
});

it("what has no receipt is to be said again, in order, and what the room has heard is not", () => {
  const conversation = new Conversation("Ada");
  conversation.enter(welcome([]));
  for (const key of ["a", "b", "c"]) expect(conversation.intend({ key, text: key })).toBe(true);
  conversation.hear(said(1, "Ada", "a"));
  // Somebody else's key is no receipt.
  conversation.hear(said(2, "Ben", "b"));
  const arrival = conversation.enter(welcome([said(1, "Ada", "a"), said(2, "Ben", "b"), said(3, "Ada", "c")]));
  expect(arrival.resend).toEqual([{ key: "b", text: "b" }]);
});

it("no more is taken than the server takes in one go", () => {
  const conversation = new Conversation("Ada");
  for (let n = 0; n < pendingLimit; n += 1) expect(conversation.intend({ key: `k${n}`, text: "t" })).toBe(true);
  expect(conversation.intend({ key: "more", text: "t" })).toBe(false);
});

it("comings and goings that are known already are no news", () => {
  const conversation = new Conversation("Ada");
  conversation.enter(welcome([]));
  expect(conversation.joined("Ben")).toBe(false);
  expect(conversation.joined("Cy")).toBe(true);
  expect(conversation.left("Cy")).toBe(true);
  expect(conversation.left("Cy")).toBe(false);
});
