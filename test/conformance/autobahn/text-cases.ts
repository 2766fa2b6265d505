// Category 6: what is UTF-8 and what is not, however it is cut, and how soon the difference is noticed.

import type { Case, Step } from "./case.ts";
import { utf8Series } from "./utf8-series.ts";
import { TEXT, text, hex, frame, first, middle, last, fragments, sees, answered, refused } from "./words.ts";

export function utf8(): Case[] {
  const empty = text("");
  const mixed = text("Hello-µ@ßöäüàá-UTF-8!!");
  const greek = hex("cebae1bdb9cf83cebcceb5");
  const broken = hex("cebae1bdb9cf83cebcceb5eda080656469746564");
  // Beyond U+10FFFF: the second byte of f490 already cannot be.
  const start = "cebae1bdb9cf83cebcceb5";
  const tail = "656469746564";
  const split = [
    [start, "f4908080", tail],
    [`${start}f4`, "90", `8080${tail}`],
  ] as const;
  const inFrames = ([a, b, c]: readonly [string, string, string]): Step[] => [
    first(TEXT, hex(a)),
    { act: "pause" },
    middle(hex(b)),
    { act: "await refusal" },
    last(hex(c)),
  ];
  const inOneFrame = ([a, b, c]: readonly [string, string, string]): Step[] => [
    { act: "head", opcode: TEXT, fin: false, bytes: (a.length + b.length + c.length) / 2 },
    { act: "more", payload: hex(a) },
    { act: "pause" },
    { act: "more", payload: hex(b) },
    { act: "await refusal" },
    { act: "more", payload: hex(c) },
    last(empty),
  ];
  const series = Object.entries(utf8Series).flatMap(([group, { title, messages }]) =>
    messages.split(" ").map((mark, index) => {
      const id = `6.${group}.${index + 1}`;
      if (mark.startsWith("!"))
        return refused(id, `${title}: refused (${index + 1})`, 1007, [frame(TEXT, hex(mark.slice(1)))]);
      return answered(id, `${title}: comes back (${index + 1})`, [frame(TEXT, hex(mark))], [sees("text", hex(mark))]);
    }),
  );
  return [
    answered("6.1.1", "an empty text message comes back", [frame(TEXT, empty)], [sees("text", empty)]),
    answered(
      "6.1.2",
      "three empty fragments come back as one empty message",
      [first(TEXT, empty), middle(empty), last(empty)],
      [sees("text", empty)],
    ),
    answered(
      "6.1.3",
      "text between two empty fragments comes back",
      [first(TEXT, empty), middle(text("middle frame payload")), last(empty)],
      [sees("text", text("middle frame payload"))],
    ),
    answered("6.2.1", "text beyond ASCII comes back", [frame(TEXT, mixed)], [sees("text", mixed)]),
    answered(
      "6.2.2",
      "text cut between two code points comes back",
      [first(TEXT, text("Hello-µ@ßöä")), last(text("üàá-UTF-8!!"))],
      [sees("text", mixed)],
    ),
    answered("6.2.3", "text cut inside its code points comes back", [fragments(TEXT, mixed, 1)], [sees("text", mixed)]),
    answered(
      "6.2.4",
      "Greek text cut inside its code points comes back",
      [fragments(TEXT, greek, 1)],
      [sees("text", greek)],
    ),
    refused("6.3.1", "a surrogate in the middle of text is refused", 1007, [frame(TEXT, broken)]),
    refused("6.3.2", "a surrogate in fragments of one byte is refused", 1007, [fragments(TEXT, broken, 1)]),
    refused(
      "6.4.1",
      "text that turns invalid in its second frame is refused before the third",
      1007,
      inFrames(split[0]),
    ),
    refused("6.4.2", "text is refused at the very byte that makes it invalid", 1007, inFrames(split[1])),
    refused("6.4.3", "text that turns invalid is refused inside its frame", 1007, inOneFrame(split[0])),
    refused(
      "6.4.4",
      "text is refused at the very byte that makes it invalid, inside its frame",
      1007,
      inOneFrame(split[1]),
    ),
    ...series,
  ];
}
