// How a session of a client ends (wire/session-v1 §3.2): with BYE from either side, behind all that can go before it.
import { describe, expect, test } from "vitest";
import { PacketType } from "../../../src/session/packet.ts";
import { resumed, taken, TestClient } from "../../support/test-client.ts";

describe("the end", () => {
  test("I-15 BYE from either side ends it once; nothing may be asked afterwards", () => {
    const told = new TestClient();
    const { link, say } = told.live();
    say({ type: PacketType.bye, code: 1012, reason: "restart" });
    told.session.bye(1000, "done");
    expect([told.user.life, link.closed]).toEqual([["attached", "bye 1012"], "1000"]);
    expect(told.ask().link.closed).toBe("1000");
    const own = new TestClient();
    const asked = own.live();
    own.session.bye(1000, "done");
    expect([asked.link.last, own.user.life]).toMatchObject([
      { type: PacketType.bye, code: 1000 },
      ["attached", "local 1000"],
    ]);
  });

  test("I-14 nothing is left of it: no timer, no outbox, no open transport", () => {
    const client = new TestClient();
    const older = client.live();
    const newer = client.ask();
    client.user.say("a");
    client.session.bye(1000, "done");
    expect([older.link.closed, newer.link.closed, client.clock.pendingCount, client.session.retainedBytes]).toEqual([
      "1000",
      "1000",
      0,
      0,
    ]);
    newer.say(resumed("t2", 0, 1));
    older.data("late");
    expect([client.user.received, client.user.life]).toEqual([[], ["attached", "local 1000"]]);
  });

  test("I-15 over requests BYE waits for no answer: it goes behind all that may not have arrived, at once", () => {
    const client = new TestClient();
    const { attachment, courier } = client.liveRequests("longpoll");
    client.user.say("a");
    expect(taken(attachment)).toHaveLength(2);
    client.user.say("b");
    let last: unknown;
    courier.onLast = () => (last = taken(attachment));
    client.session.bye(1000, "done");
    expect(last).toMatchObject([
      { type: PacketType.at, next: 1 },
      { type: PacketType.data },
      { type: PacketType.data },
      { type: PacketType.bye, code: 1000 },
    ]);
    expect([courier.closed, client.session.retainedBytes, client.user.end?.isWhole]).toEqual(["1000", 0, true]);
  });

  test("I-15 what is too much for one body does not come with BYE, which is the word of the next one", () => {
    const client = new TestClient();
    const { attachment, courier } = client.liveRequests("longpoll");
    for (let count = 0; count < 30; count++) client.user.say("a");
    let last: unknown;
    courier.onLast = () => (last = attachment.take({ maxBytes: 1e6, maxPackets: 20 }));
    client.session.bye(1000, "done");
    expect([last, courier.closed, client.user.end?.isWhole]).toEqual([[], undefined, false]);
    expect(taken(attachment)).toEqual([{ type: PacketType.bye, code: 1000, reason: "done" }]);
  });

  test("I-15 what just fits into one body, AUTH and BYE included, goes at once; what does not, does not", () => {
    const most = (maxBytes: number): unknown => {
      const client = new TestClient();
      const { attachment, courier } = client.liveRequests("longpoll");
      client.session.authenticate(new Uint8Array(300));
      for (let count = 0; count < 3; count++) client.user.say("a".repeat(900));
      let last: unknown;
      courier.onLast = () => (last = attachment.take({ maxBytes, maxPackets: 100 }).map((packet) => packet[0]));
      client.session.bye(1000, "done");
      return last;
    };
    const { at, data, auth, bye } = PacketType;
    expect(most(3_100)).toEqual([at, data, data, data, auth, bye]);
    expect(most(3_000)).toEqual([]);
  });

  test("I-15 what is said while something is read leaves before the BYE that follows in the same turn", () => {
    const client = new TestClient();
    const { link, data } = client.live();
    client.user.receive = () => {
      client.user.say("answer");
      client.session.bye(1000, "");
      return undefined;
    };
    data("question");
    expect([link.texts, link.last?.type, client.user.end?.isWhole]).toEqual([["answer"], PacketType.bye, true]);
  });

  test.each([
    [0, ["lost"], true],
    [1e6, [], false],
  ] as const)(
    "I-15 what was lost is said again before BYE, if %i unsent bytes let it",
    (pendingBytes, texts, isWhole) => {
      const client = new TestClient();
      const first = client.live();
      client.user.say("lost");
      first.lose();
      const { link, say } = client.ask();
      link.pendingBytes = pendingBytes;
      client.user.receiveAttached = () => client.session.bye(1000, "");
      say(resumed("t2", 0, 1));
      expect([link.texts, link.last?.type, client.user.end?.isWhole]).toEqual([texts, PacketType.bye, isWhole]);
    },
  );

  test("I-15 over requests BYE goes with the next one", () => {
    const client = new TestClient();
    const { attachment, courier } = client.liveRequests("longpoll");
    client.session.bye(1000, "done");
    expect([courier.closed, taken(attachment)]).toEqual([
      undefined,
      [{ type: PacketType.bye, code: 1000, reason: "done" }],
    ]);
    expect(courier.closed).toBe("1000");
  });
});
