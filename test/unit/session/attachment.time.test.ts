// When something came on one transport, and how long its answers take.
import { describe, expect, test } from "vitest";
import { Attachment } from "../../../src/session/attachment.ts";
import type { AttachmentHost } from "../../../src/session/attachment-host.ts";
import { Ledger } from "../../../src/session/ledger.ts";
import { PacketType } from "../../../src/session/packet.ts";
import { encodePacket } from "../../../src/session/packet-encoder.ts";
import { defaultSettings } from "../../../src/session/settings.ts";
import type { Way } from "../../../src/session/way.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryCourier, MemoryLink } from "../../support/memory-link.ts";
import { RecordedUser } from "../../support/recorded-user.ts";

const ping = { type: PacketType.ping, token: 4 } as const;
const pong = encodePacket({ type: PacketType.pong, token: ping.token });
const other = encodePacket({ type: PacketType.ack, received: 0 });

function open(way: Way = { kind: "websocket", link: new MemoryLink() }) {
  const clock = new FakeClock();
  const host: AttachmentHost<Attachment> = {
    receiveData: () => true,
    receivePacket: () => {},
    fail: () => {},
    receiveLost: () => {},
    receiveRoom: () => {},
    now: () => clock.now(),
  };
  return { clock, host, attachment: new Attachment(way, defaultSettings, host) };
}

test("whatever comes is a sign of life, at the time its host knows", () => {
  const { clock, attachment } = open();
  clock.advance(50);
  attachment.receive(other);
  expect(attachment.receivedAt).toBe(clock.now());
});

test("a link that knows when it was read says so, and the host's clock is not asked", () => {
  const { clock, attachment } = open();
  clock.advance(50);
  attachment.receive(other, 0, other.length, 30);
  expect(attachment.receivedAt).toBe(30);
});

test("silence while it was judged says nothing about it: it counts from when it belongs to a session", () => {
  const { clock, host, attachment } = open();
  clock.advance(30_000);
  attachment.bind(host, new Ledger(defaultSettings, new RecordedUser()), 1);
  expect(attachment.receivedAt).toBe(clock.now());
});

describe("the round trip", () => {
  test("it is the shortest that a question waited for its own answer", () => {
    const { attachment, clock } = open();
    expect(attachment.roundTripMs).toBe(0);
    for (const [waited, expected] of [
      [80, 80],
      [30, 30],
      [500, 30],
    ] as const) {
      attachment.ask(ping);
      clock.advance(waited / 2);
      attachment.receive(other);
      clock.advance(waited / 2);
      attachment.receive(pong);
      expect(attachment.roundTripMs).toBe(expected);
    }
  });

  test("an answer that was read before its question was asked took no time", () => {
    const { attachment, clock } = open();
    const readAt = clock.now();
    clock.advance(20);
    attachment.ask(ping);
    attachment.receive(pong, 0, pong.length, readAt);
    expect(attachment.roundTripMs).toBe(0);
    attachment.ask(ping);
    clock.advance(20);
    attachment.receive(pong);
    expect(attachment.roundTripMs).toBe(0);
  });

  test("a way made of requests has none", () => {
    const { attachment, clock } = open({ kind: "longpoll", courier: new MemoryCourier() });
    attachment.ask(ping);
    clock.advance(10);
    attachment.openBody().receive(pong);
    expect(attachment.roundTripMs).toBe(0);
  });
});
