import { expect, test } from "vitest";
import { PacketType } from "../../../src/session/packet.ts";
import { answers } from "../../../src/session/question.ts";

test("what a peer answers at once is known, and nothing else is a question", () => {
  const { welcome, resumed, ack, ping, pong } = PacketType;
  expect(answers).toEqual({ [welcome]: ack, [resumed]: ack, [ping]: pong });
});
