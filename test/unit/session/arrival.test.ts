import { describe, expect, test } from "vitest";
import { PacketType } from "../../../src/session/packet.ts";
import { bytes, hex, toHex } from "../../support/byte-builder.ts";
import { hello, resume, someone, TestServer } from "../../support/session-pair.ts";

const ping = { type: PacketType.ping, token: 7 } as const;

describe("Arrival", () => {
  test("a websocket is greeted before anything comes, and a probe is answered", () => {
    const server = new TestServer();
    const { link, say } = server.dial();
    expect(link.bytes.map(toHex)).toEqual(["05 4c 57 01 01"]);
    say(ping);
    expect(link.last).toEqual({ type: PacketType.pong, token: 7 });
    expect(server.registry.sessionCount).toBe(0);
  });

  test("HELLO makes a session, and WELCOME says its terms", () => {
    const server = new TestServer();
    const { link } = server.open(false);
    expect(link.last).toMatchObject({
      type: PacketType.welcome,
      version: 1,
      credit: 1,
      maxMessageBytes: 2,
      maxChannels: 3,
      retainBytes: 1_048_576,
      windowSeconds: 120,
      heartbeatSeconds: 20,
      expiresSeconds: 0,
    });
    expect(server.user.life).toEqual(["attached"]);
  });

  test("what comes behind HELLO while it is judged waits its turn, in order", () => {
    const server = new TestServer();
    server.isLater = true;
    const { say, data } = server.dial();
    say(hello);
    data("a");
    data("b");
    expect(server.users).toHaveLength(0);
    server.waiting[0]?.();
    data("c");
    expect(server.user.received).toEqual(["a", "b", "c"]);
  });

  test("I-01 what comes early is kept as it was, whatever becomes of the transport's bytes", () => {
    const server = new TestServer();
    server.isLater = true;
    const { attachment, say } = server.dial();
    say(hello);
    const shared = bytes(0, "mine");
    attachment.receive(shared);
    shared.fill(0x21);
    server.waiting[0]?.();
    expect(server.user.received).toEqual(["mine"]);
  });

  test("V-19 what comes early is bounded in bytes and in packets", () => {
    for (const [count, text] of [
      [3, "x".repeat(8_000)],
      [65, ""],
    ] as const) {
      const server = new TestServer();
      server.isLater = true;
      const { link, say, data } = server.dial();
      say(hello);
      for (let sent = 1; sent < count; sent++) data(text);
      expect(link.closed).toBeUndefined();
      data(text);
      expect(link.closed).toBe("4400");
      server.waiting[0]?.();
      expect(server.registry.sessionCount).toBe(0);
    }
  });

  test("V-57 a refusal closes with its code, and there is no session", () => {
    const server = new TestServer();
    server.admission = { closeCode: 4401, reason: "no" };
    const { link, say } = server.dial();
    say(hello);
    expect([link.closed, server.registry.sessionCount]).toEqual(["4401", 0]);
  });

  test("V-19 what is skipped because another version may know it counts as well", () => {
    const server = new TestServer();
    const { link, attachment } = server.dial();
    for (let count = 0; count < 3; count++) attachment.receive(hex("40 01"));
    expect(link.closed).toBeUndefined();
    attachment.receive(hex("7f"));
    expect(link.closed).toBe("4400");
  });

  test("V-19 neither silence nor chatter keeps an unattached transport", () => {
    const server = new TestServer();
    const silent = server.dial();
    const chatty = server.dial();
    for (let count = 0; count < 3; count++) chatty.say(ping);
    expect(chatty.link.closed).toBeUndefined();
    chatty.say(ping);
    expect(chatty.link.closed).toBe("4400");
    server.clock.advance(9_999);
    expect(silent.link.closed).toBeUndefined();
    server.clock.advance(300);
    expect(silent.link.closed).toBe("4400");
    expect(server.clock.pendingCount).toBe(0);
  });

  test("F-47 a version that is too high gets GREET again and 4400", () => {
    const server = new TestServer();
    const { link, say } = server.dial();
    say({ ...hello, version: 2 } as typeof hello);
    expect([link.last?.type, link.closed]).toEqual([PacketType.greet, "4400"]);
  });

  test.each([
    ["DATA first", hex("00 30 01")],
    ["an ACK first", hex("01 00")],
    ["garbage", hex("ff")],
    ["a WELCOME", hex("0a 01 00")],
  ])("%s closes with 4400", (_what, bytes) => {
    const { link, attachment } = new TestServer().dial();
    attachment.receive(bytes);
    expect(link.closed).toBe("4400");
  });

  test("a second HELLO, or DATA behind a RESUME that is judged, closes with 4400", () => {
    const server = new TestServer();
    server.isLater = true;
    const twice = server.dial();
    twice.say(hello);
    twice.say(hello);
    const hasty = server.dial();
    hasty.say(resume(new Uint8Array(40), 1));
    hasty.data("a");
    expect([twice.link.closed, hasty.link.closed]).toEqual(["4400", "4400"]);
  });

  test("a transport that ended while it was judged makes no session", () => {
    const server = new TestServer();
    server.isLater = true;
    const { attachment, say } = server.dial();
    say(hello);
    attachment.receiveClosed(1006, "");
    server.admission = someone;
    server.waiting[0]?.();
    expect(server.registry.sessionCount).toBe(0);
  });
});
