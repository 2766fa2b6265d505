import { expect, test } from "vitest";
import { PacketType } from "../../../src/session/packet.ts";
import { answers } from "../../../src/session/question.ts";

test("what a peer answers at once is known, and nothing else is a question", () => {
  const { hello, welcome, resume, resumed, ack, ping, pong } = PacketType;
  expect(answers).toEqual({ [hello]: welcome, [welcome]: ack, [resume]: resumed, [resumed]: ack, [ping]: pong });
});
