// Categories 1 to 5: messages of every length form, pings and pongs, reserved bits and opcodes, fragmentation.

import type { Case, FrameStep, Payload, Sight } from "./case.ts";
import {
  TEXT,
  BINARY,
  CLOSE,
  PING,
  PONG,
  text,
  hex,
  repeat,
  frame,
  first,
  middle,
  last,
  closeFrame,
  sees,
  echo,
  answered,
  refused,
  closed,
  octetwise,
  framewise,
  type Shape,
} from "./words.ts";

export function framing(): Case[] {
  const sizes = [0, 125, 126, 127, 128, 65_535, 65_536];
  const kinds = [
    ["1.1", TEXT, "text", "2a"],
    ["1.2", BINARY, "binary", "fe"],
  ] as const;
  return kinds.flatMap(([section, opcode, word, byte]) => {
    const payload = (bytes: number): Payload => repeat(byte, bytes);
    const chopped = payload(65_536);
    return [
      ...sizes.map((bytes, index) =>
        answered(
          `${section}.${index + 1}`,
          `a ${word} message of ${bytes} bytes comes back`,
          [frame(opcode, payload(bytes))],
          [echo(opcode, payload(bytes))],
        ),
      ),
      answered(
        `${section}.8`,
        `a ${word} message of 65536 bytes in writes of 997 comes back`,
        [frame(opcode, chopped, { chop: 997 })],
        [echo(opcode, chopped)],
      ),
    ];
  });
}

export function pings(): Case[] {
  const ping = (payload?: Payload, shape?: Shape): FrameStep => frame(PING, payload, shape);
  const pinged = (id: string, title: string, payload: Payload, shape?: Shape): Case =>
    answered(id, title, [ping(payload, shape)], [sees("pong", payload)]);
  const ten = Array.from({ length: 10 }, (_, index) => text(`payload-${index}`));
  const tenPongs = ten.map((payload) => sees("pong", payload));
  const unasked = text("unsolicited pong payload");
  return [
    pinged("2.1", "an empty ping is answered", text("")),
    pinged("2.2", "a ping with text is answered with the same", text("Hello, world!")),
    pinged("2.3", "a ping with bytes that are not UTF-8 is answered with the same", hex("00fffefdfcfb00ff")),
    pinged("2.4", "a ping of 125 bytes is answered", repeat("fe", 125)),
    refused("2.5", "a ping of 126 bytes is refused", 1002, [ping(repeat("fe", 126))]),
    pinged("2.6", "a ping of 125 bytes, one at a time, is answered", repeat("fe", 125), octetwise),
    closed("2.7", "an empty pong nobody asked for is passed over", [1000], [frame(PONG), closeFrame(1000)]),
    closed(
      "2.8",
      "a pong with payload nobody asked for is passed over",
      [1000],
      [frame(PONG, unasked), closeFrame(1000)],
    ),
    answered(
      "2.9",
      "a ping after a pong nobody asked for is answered",
      [frame(PONG, unasked), ping(text("ping payload"))],
      [sees("pong", text("ping payload"))],
    ),
    answered(
      "2.10",
      "ten pings are answered, each and in order",
      ten.map((payload) => ping(payload)),
      tenPongs,
    ),
    answered(
      "2.11",
      "ten pings, one byte at a time, are answered",
      ten.map((payload) => ping(payload, octetwise)),
      tenPongs,
    ),
  ];
}

export function reservedBits(): Case[] {
  const hello = text("Hello, world!");
  const afterEcho = (id: string, title: string, rsv: number, shape: Shape = {}): Case =>
    refused(
      id,
      title,
      1002,
      [frame(TEXT, hello, shape), frame(TEXT, hello, { ...shape, rsv }), frame(PING, undefined, shape)],
      [echo(TEXT, hello)],
    );
  return [
    refused("3.1", "RSV3 on a text frame is refused", 1002, [frame(TEXT, hello, { rsv: 1 })]),
    afterEcho("3.2", "RSV2 on the second message is refused after the first came back", 2),
    afterEcho("3.3", "RSV2 and RSV3 on the second message are refused, frame by frame", 3, framewise),
    afterEcho("3.4", "RSV1 on the second message is refused, byte by byte", 4, octetwise),
    refused("3.5", "RSV1 and RSV3 on a binary frame are refused", 1002, [
      frame(BINARY, hex("00fffefdfcfb00ff"), { rsv: 5 }),
    ]),
    refused("3.6", "RSV1 and RSV2 on a binary frame are refused", 1002, [frame(BINARY, hello, { rsv: 6 })]),
    refused("3.7", "all reserved bits on a close frame are refused", 1002, [frame(CLOSE, undefined, { rsv: 7 })]),
  ];
}

export function reservedOpcodes(): Case[] {
  const hello = text("Hello, world!");
  const groups = [
    ["4.1", 3],
    ["4.2", 11],
  ] as const;
  return groups.flatMap(([section, base]) => {
    const afterEcho = (nth: number, payload: Payload | undefined, shape: Shape = {}): Case =>
      refused(
        `${section}.${nth}`,
        `opcode ${base + nth - 1} after a message is refused`,
        1002,
        [frame(TEXT, hello, shape), frame(base + nth - 1, payload, shape), frame(PING, undefined, shape)],
        [echo(TEXT, hello)],
      );
    return [
      refused(`${section}.1`, `opcode ${base} is refused`, 1002, [frame(base)]),
      refused(`${section}.2`, `opcode ${base + 1} with payload is refused`, 1002, [
        frame(base + 1, text("reserved opcode payload")),
      ]),
      afterEcho(3, undefined),
      afterEcho(4, hello),
      afterEcho(5, hello, octetwise),
    ];
  });
}

export function fragmentation(): Case[] {
  const part = (nth: number): Payload => text(`fragment${nth}`);
  const whole = (count: number): Sight =>
    sees("text", text(Array.from({ length: count }, (_, index) => `fragment${index + 1}`).join("")));
  const ping = text("ping payload");
  const two = (id: string, way: string, shape: Shape): Case =>
    answered(
      id,
      `a text message in two fragments comes back${way}`,
      [first(TEXT, part(1), shape), last(part(2), shape)],
      [whole(2)],
    );
  const pinged = (id: string, way: string, shape: Shape): Case =>
    answered(
      id,
      `a ping between two fragments is answered first${way}`,
      [first(TEXT, part(1), shape), frame(PING, ping, shape), last(part(2), shape)],
      [sees("pong", ping), whole(2)],
    );
  const stray = (id: string, fin: boolean, way: string, shape: Shape): Case =>
    refused(id, `a continuation${fin ? "" : " without FIN"} of nothing, then text, is refused${way}`, 1002, [
      frame(0, text("non-continuation payload"), fin ? shape : { ...shape, fin: false }),
      frame(TEXT, text("Hello, world!"), shape),
    ]);
  const again = <T>(steps: readonly T[]): T[] => [...steps, ...steps];
  const paused = (id: string, way: string, shape: Shape): Case =>
    answered(
      id,
      `five fragments, two pings and a pause come back in order${way}`,
      [
        first(TEXT, part(1), shape),
        middle(part(2), shape),
        frame(PING, text("pongme 1!"), shape),
        { act: "pause" },
        middle(part(3), shape),
        middle(part(4), shape),
        frame(PING, text("pongme 2!"), shape),
        last(part(5), shape),
      ],
      [sees("pong", text("pongme 1!")), sees("pong", text("pongme 2!")), whole(5)],
    );
  return [
    refused("5.1", "a ping in two fragments is refused", 1002, [first(PING, part(1)), last(part(2))]),
    refused("5.2", "a pong in two fragments is refused", 1002, [first(PONG, part(1)), last(part(2))]),
    two("5.3", "", {}),
    two("5.4", ", frame by frame", framewise),
    two("5.5", ", byte by byte", octetwise),
    pinged("5.6", "", {}),
    pinged("5.7", ", frame by frame", framewise),
    pinged("5.8", ", byte by byte", octetwise),
    stray("5.9", true, "", {}),
    stray("5.10", true, ", frame by frame", framewise),
    stray("5.11", true, ", byte by byte", octetwise),
    stray("5.12", false, "", {}),
    stray("5.13", false, ", frame by frame", framewise),
    stray("5.14", false, ", byte by byte", octetwise),
    refused(
      "5.15",
      "a continuation after a finished message is refused, and the message comes back",
      1002,
      [first(TEXT, part(1)), last(part(2)), middle(part(3)), frame(TEXT, part(4))],
      [whole(2)],
    ),
    refused(
      "5.16",
      "continuations without FIN before each message are refused",
      1002,
      again([middle(part(1)), first(TEXT, part(2)), last(part(3))]),
    ),
    refused(
      "5.17",
      "continuations with FIN before each message are refused",
      1002,
      again([last(part(1)), first(TEXT, part(2)), last(part(3))]),
    ),
    refused("5.18", "a second text frame inside a message is refused", 1002, [
      first(TEXT, part(1)),
      frame(TEXT, part(2)),
    ]),
    paused("5.19", "", {}),
    paused("5.20", ", frame by frame", framewise),
  ];
}
