// One room, seen through its sink: seats are plain objects, and what each admitted seat hears is written down.
import { beforeEach, describe, expect, it } from "vitest";
import { Room, roomLimits } from "../../../../src/cli/chat/room.ts";
import type { ServerMessage } from "../../../../src/cli/chat/wire.ts";

interface Seat {
  readonly heard: ServerMessage[];
}

let room: Room<Seat>;
let admitted: Seat[];

beforeEach(() => {
  admitted = [];
  room = new Room("epoch-1", {
    send: (seat, message) => void seat.heard.push(message),
    publish: (message) => admitted.forEach((seat) => seat.heard.push(message)),
    admit: (seat) => void admitted.push(seat),
  });
});

function enter(name: string, now = 0): Seat {
  const seat: Seat = { heard: [] };
  room.join(seat, name, now);
  return seat;
}

function leave(seat: Seat, now = 0): void {
  admitted = admitted.filter((other) => other !== seat);
  room.leave(seat, now);
}

/** What was heard since the last call. */
function news(seat: Seat): ServerMessage[] {
  return seat.heard.splice(0);
}

describe("entering", () => {
  it("begins with a welcome that lists who is here and what was said", () => {
    const ada = enter("Ada");
    room.say(ada, "first", "k1", 10);
    const ben = enter("Ben", 20);
    expect(news(ben)).toEqual([
      {
        type: "welcome",
        epoch: "epoch-1",
        name: "Ben",
        members: ["Ada", "Ben"],
        messages: [{ id: 1, at: 10, name: "Ada", text: "first", key: "k1" }],
      },
    ]);
  });

  it("is told to the others once, and not to the one who enters", () => {
    const ada = enter("Ada");
    news(ada);
    enter("Ben", 20);
    expect(news(ada)).toEqual([{ type: "joined", name: "Ben", at: 20 }]);
  });

  it("gives the last 50 messages, oldest first, and no more are kept", () => {
    const ada = enter("Ada");
    for (let n = 1; n <= 60; n += 1) room.say(ada, `text ${n}`, `k${n}`, n);
    const [welcome] = news(enter("Ben"));
    if (welcome?.type !== "welcome") throw new Error("expected a welcome");
    expect(welcome.messages.map((message) => message.id)).toEqual(Array.from({ length: 50 }, (_, index) => index + 11));
  });

  it("leaves a welcome as it was when more is said later", () => {
    const ada = enter("Ada");
    const [welcome] = news(ada);
    room.say(ada, "later", "k", 1);
    expect(welcome).toMatchObject({ messages: [] });
  });

  it("fills the room up to its limit", () => {
    for (let n = 0; n < roomLimits.seatCount; n += 1) {
      expect(room.isFull).toBe(false);
      enter(`guest ${n % 7}`);
    }
    expect(room.isFull).toBe(true);
  });
});

describe("presence goes by name", () => {
  it("so a second tab neither joins, nor leaves when it closes", () => {
    const ben = enter("Ben");
    const tab1 = enter("Ada");
    news(ben);
    const tab2 = enter("Ada");
    expect(news(tab2)).toMatchObject([{ type: "welcome", members: ["Ben", "Ada"] }]);
    leave(tab1);
    expect(news(ben)).toEqual([]);
    leave(tab2, 30);
    expect(news(ben)).toEqual([{ type: "left", name: "Ada", at: 30 }]);
  });

  it("and leaving twice, or without having entered, is nothing", () => {
    const ben = enter("Ben");
    const ada = enter("Ada");
    leave(ada);
    news(ben);
    leave(ada);
    leave({ heard: [] });
    expect(news(ben)).toEqual([]);
    expect(room.has(ada)).toBe(false);
  });
});

describe("saying", () => {
  it("reaches everybody, the sender included, in one order with ids that count up", () => {
    const ada = enter("Ada");
    const ben = enter("Ben");
    news(ada);
    news(ben);
    room.say(ada, "one", "k1", 1);
    room.say(ben, "two", "k1", 2);
    const said = [
      { type: "said", message: { id: 1, at: 1, name: "Ada", text: "one", key: "k1" } },
      { type: "said", message: { id: 2, at: 2, name: "Ben", text: "two", key: "k1" } },
    ];
    expect(news(ada)).toEqual(said);
    expect(news(ben)).toEqual(said);
  });

  it("the same key again, from the same name, brings the sender the receipt and nobody anything", () => {
    const ada = enter("Ada");
    const ben = enter("Ben");
    room.say(ada, "one", "k1", 1);
    leave(ada);
    const again = enter("Ada");
    news(ben);
    news(again);
    room.say(again, "one", "k1", 9);
    expect(news(again)).toEqual([{ type: "said", message: { id: 1, at: 1, name: "Ada", text: "one", key: "k1" } }]);
    expect(news(ben)).toEqual([]);
  });

  it("is not possible without a seat", () => {
    const ada = enter("Ada");
    news(ada);
    room.say({ heard: [] }, "boo", "k", 1);
    expect(news(ada)).toEqual([]);
  });
});

describe("typing", () => {
  it("is passed on each time it is renewed, and its end once", () => {
    const ada = enter("Ada");
    const ben = enter("Ben");
    news(ben);
    room.type(ada, true);
    room.type(ada, true);
    room.type(ada, false);
    room.type(ada, false);
    expect(news(ben)).toEqual([
      { type: "typing", name: "Ada", active: true },
      { type: "typing", name: "Ada", active: true },
      { type: "typing", name: "Ada", active: false },
    ]);
  });

  it("goes on while another tab of the same name types", () => {
    const tab1 = enter("Ada");
    const tab2 = enter("Ada");
    room.type(tab1, true);
    room.type(tab2, true);
    news(tab1);
    room.type(tab1, false);
    expect(news(tab1)).toEqual([]);
    room.type(tab2, false);
    expect(news(tab1)).toEqual([{ type: "typing", name: "Ada", active: false }]);
  });

  it("ends with the message, and when the seat is given up", () => {
    const ben = enter("Ben");
    const tab1 = enter("Ada");
    const tab2 = enter("Ada");
    room.type(tab1, true);
    room.say(tab1, "done", "k", 1);
    news(ben);
    room.type(tab1, false);
    expect(news(ben)).toEqual([]);
    room.type(tab1, true);
    news(ben);
    leave(tab1);
    expect(news(ben)).toEqual([{ type: "typing", name: "Ada", active: false }]);
    leave(tab2);
    room.type(tab2, true);
    expect(news(ben)).toMatchObject([{ type: "left" }]);
  });
});
