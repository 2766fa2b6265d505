// The chat as a whole: who is let in, who is shown the door and with which words, and what is forgotten.
import { beforeEach, describe, expect, it } from "vitest";
import { Chat, chatLimits } from "../../../../src/cli/chat/chat.ts";
import { roomLimits } from "../../../../src/cli/chat/room.ts";
import type { ClientMessage, ServerMessage } from "../../../../src/cli/chat/wire.ts";

interface Seat {
  readonly heard: ServerMessage[];
  refusal?: { readonly code: number; readonly reason: string };
}

let chat: Chat<Seat>;
let listeners: Map<string, Set<Seat>>;

beforeEach(() => {
  listeners = new Map();
  let epochCount = 0;
  chat = new Chat<Seat>(
    {
      send: (seat, message) => void seat.heard.push(message),
      publish: (room, message) => listeners.get(room)?.forEach((seat) => seat.heard.push(message)),
      admit: (seat, room) => void listeners.set(room, (listeners.get(room) ?? new Set<Seat>()).add(seat)),
      refuse(seat, code, reason) {
        if (seat.refusal !== undefined) throw new Error("refused twice");
        seat.refusal = { code, reason };
        forget(seat);
      },
    },
    () => `epoch-${(epochCount += 1)}`,
  );
});

function forget(seat: Seat): void {
  for (const seats of listeners.values()) seats.delete(seat);
}

function open(room: string, now = 0): Seat {
  const seat: Seat = { heard: [] };
  chat.open(seat, room, now);
  return seat;
}

function send(seat: Seat, message: ClientMessage, now = 0): void {
  chat.receive(seat, JSON.stringify(message), now);
}

function enter(room: string, name: string, now = 0): Seat {
  const seat = open(room, now);
  send(seat, { type: "join", name }, now);
  return seat;
}

function close(seat: Seat, now = 0): void {
  forget(seat);
  chat.close(seat, now);
}

function news(seat: Seat): ServerMessage[] {
  return seat.heard.splice(0);
}

it("rooms hear nothing of one another", () => {
  const ada = enter("tea", "Ada");
  const ben = enter("cake", "Ben");
  news(ada);
  send(ben, { type: "say", text: "hello", key: "k" });
  expect(news(ada)).toEqual([]);
  expect(news(ben)).toMatchObject([{ type: "welcome" }, { type: "said" }]);
});

describe("whoever breaks a rule is refused, and the others only see them leave", () => {
  it.each([
    ["what is not JSON", "hello", "expected one JSON object"],
    ["binary", new Uint8Array([1]), "the chat speaks JSON in text messages, not binary"],
    ["a second join", '{"type":"join","name":"Eve"}', "joined already; another name needs another connection"],
    ["a text without a key", '{"type":"say","text":"hi"}', 'say: expected "key" to be 1 to 36 of A-Z a-z 0-9 _ -'],
  ])("for %s", (_what, data, reason) => {
    const ada = enter("tea", "Ada");
    const eve = enter("tea", "Eve", 5);
    news(ada);
    news(eve);
    chat.receive(eve, data, 7);
    expect(eve.refusal).toEqual({ code: 1008, reason });
    expect(news(ada)).toEqual([{ type: "left", name: "Eve", at: 7 }]);
    // Whatever was still on its way, and the close itself, change nothing any more.
    send(eve, { type: "say", text: "still here", key: "k" }, 8);
    close(eve, 9);
    expect(news(ada)).toEqual([]);
    expect(ada.refusal).toBeUndefined();
  });

  it("for speaking before join", () => {
    const seat = open("tea");
    send(seat, { type: "say", text: "hello", key: "k" });
    expect(seat.refusal).toEqual({ code: 1008, reason: "expected join as the first message" });
  });

  it("for a room that cannot be", () => {
    expect(open("a b").refusal).toEqual({ code: 1008, reason: "a room name has 1 to 32 letters, digits, - and _" });
    expect(open("").refusal?.code).toBe(1008);
    expect(chat.roomCount).toBe(0);
  });

  it("for a flood, while what the page sends after an outage passes", () => {
    const eve = enter("tea", "Eve");
    for (let n = 0; n < 20; n += 1) send(eve, { type: "say", text: "kept", key: `k${n}` });
    expect(eve.refusal).toBeUndefined();
    for (let n = 0; n < 20; n += 1) send(eve, { type: "typing", active: true });
    expect(eve.refusal).toEqual({ code: 1008, reason: "too many messages in a short time" });
  });

  it("but five messages a second are no flood, however long", () => {
    const ada = enter("tea", "Ada");
    for (let n = 0; n < 500; n += 1) send(ada, { type: "say", text: "on and on", key: `k${n}` }, n * 200);
    expect(ada.refusal).toBeUndefined();
  });

  it("for staying silent at the door", () => {
    const late = open("tea", 1_000);
    const ada = enter("tea", "Ada", 1_000);
    chat.tick(1_000 + chatLimits.joinMs - 1);
    expect(late.refusal).toBeUndefined();
    chat.tick(1_000 + chatLimits.joinMs);
    expect(late.refusal).toEqual({ code: 1008, reason: "expected join within 15 seconds" });
    expect(ada.refusal).toBeUndefined();
  });

  it("for coming when the room is full, with 1013: it may be otherwise later", () => {
    const first = enter("tea", "Ada");
    for (let n = 1; n < roomLimits.seatCount; n += 1) enter("tea", "Ada");
    const late = enter("tea", "Ben");
    expect(late.refusal).toEqual({ code: 1013, reason: "this room is full, try again later" });
    close(first);
    expect(enter("tea", "Ben").refusal).toBeUndefined();
  });
});

describe("rooms", () => {
  it("keep their messages while empty, and are forgotten after half an hour without anybody", () => {
    const ada = enter("tea", "Ada");
    send(ada, { type: "say", text: "back soon", key: "k" });
    close(ada, 1_000);
    chat.tick(1_000 + chatLimits.emptyRoomMs - 1);
    const again = enter("tea", "Ada", 1_000);
    expect(news(again)).toMatchObject([{ type: "welcome", epoch: "epoch-1", messages: [{ text: "back soon" }] }]);
    chat.tick(1_000 + chatLimits.emptyRoomMs);
    close(again, 2_000);
    chat.tick(2_000 + chatLimits.emptyRoomMs);
    expect(chat.roomCount).toBe(0);
    expect(news(enter("tea", "Ada"))).toMatchObject([{ type: "welcome", epoch: "epoch-2", messages: [] }]);
  });

  it("make way for new ones, the one empty longest first, but never one with somebody in it or at its door", () => {
    const inside = enter("inside", "Ada", 0);
    const atDoor = open("door", 0);
    for (let n = 2; n < chatLimits.roomCount; n += 1) close(enter(`room-${n}`, "Ben", n), n === 2 ? 9_999 : n);
    expect(chat.roomCount).toBe(chatLimits.roomCount);
    enter("one-more", "Ben", 10_000);
    expect(chat.roomCount).toBe(chatLimits.roomCount);
    expect(news(enter("room-2", "Ben"))).toMatchObject([{ epoch: "epoch-3" }]);
    expect(news(enter("room-3", "Ben"))).not.toMatchObject([{ epoch: "epoch-4" }]);
    expect(inside.refusal).toBeUndefined();
    send(atDoor, { type: "join", name: "Cy" });
    expect(news(atDoor)).toMatchObject([{ type: "welcome", epoch: "epoch-2" }]);
  });

  it("beyond the limit are refused with 1013 while somebody is in each", () => {
    for (let n = 0; n < chatLimits.roomCount; n += 1) enter(`room-${n}`, "Ben");
    expect(open("one-more").refusal).toEqual({ code: 1013, reason: "too many rooms are open, try again later" });
    expect(open("room-7").refusal).toBeUndefined();
  });
});
