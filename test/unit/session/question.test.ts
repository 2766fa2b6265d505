import { expect, test } from "vitest";
import { type Packet, PacketType } from "../../../src/session/packet.ts";
import { isAnswer, questionOf } from "../../../src/session/question.ts";

const pong = (token: number): Packet => ({ type: PacketType.pong, token });
const ack: Packet = { type: PacketType.ack, received: 0 };

test("a PING is answered by the PONG of its own token, and by nothing else", () => {
  const question = questionOf({ type: PacketType.ping, token: 7 }, 5);
  expect([question.at, isAnswer(question, pong(7)), isAnswer(question, pong(6)), isAnswer(question, ack)]).toEqual([
    5,
    true,
    false,
    false,
  ]);
});

test("WELCOME and RESUMED are answered by an ACK", () => {
  const shared = { ticket: Uint8Array.of(1), expiresSeconds: 0 };
  const resumed = questionOf({ type: PacketType.resumed, received: 0, from: 1, ...shared }, 5);
  expect([isAnswer(resumed, ack), isAnswer(resumed, pong(0))]).toEqual([true, false]);
});

test("what HELLO and RESUME bring about takes any time, and tells nothing of the way", () => {
  const hello = questionOf(
    { type: PacketType.hello, version: 1, credit: 0, maxMessageBytes: 0, token: Uint8Array.of() },
    5,
  );
  expect([isAnswer(hello, ack), isAnswer(hello, pong(0))]).toEqual([false, false]);
});
