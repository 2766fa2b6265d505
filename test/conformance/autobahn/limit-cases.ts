// Categories 9 and 10: large messages, very many fragments, writes and round trips, at the sizes of the reference suite.

import type { Case } from "./case.ts";
import { TEXT, BINARY, repeat, frame, fragments, echo, answered } from "./words.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

export function limits(): Case[] {
  const words = "4241736437266a683233";
  const octets = "00fe23faf0";
  const kinds = [
    { opcode: TEXT, word: "text", large: "9.1", cut: "9.3", chopped: "9.5", rounds: "9.7", long: words, byte: "2a" },
    {
      opcode: BINARY,
      word: "binary",
      large: "9.2",
      cut: "9.4",
      chopped: "9.6",
      rounds: "9.8",
      long: octets,
      byte: "fe",
    },
  ] as const;
  const sizes = [64 * KiB, 256 * KiB, MiB, 4 * MiB, 8 * MiB, 16 * MiB];
  const cutBytes = 4 * MiB;
  const fragmentSizes = [64, 256, KiB, 4 * KiB, 16 * KiB, 64 * KiB, 256 * KiB, MiB, 4 * MiB];
  const choppedBytes = MiB;
  const chops = [64, 128, 256, 512, 1024, 2048];
  const count = 1000;
  const roundSizes = [0, 16, 64, 256, KiB, 4 * KiB];
  return kinds.flatMap(({ opcode, word, large, cut, chopped, rounds, long, byte }) => [
    ...sizes.map((bytes, index) => {
      const payload = repeat(long, bytes);
      return answered(
        `${large}.${index + 1}`,
        `a ${word} message of ${bytes} bytes comes back`,
        [frame(opcode, payload)],
        [echo(opcode, payload)],
      );
    }),
    ...fragmentSizes.map((bytes, index) => {
      const payload = repeat(byte, cutBytes);
      const title = `a ${word} message of ${cutBytes} bytes in fragments of ${bytes} comes back`;
      return answered(`${cut}.${index + 1}`, title, [fragments(opcode, payload, bytes)], [echo(opcode, payload)]);
    }),
    ...chops.map((bytes, index) => {
      const payload = repeat(long, choppedBytes);
      const title = `a ${word} message of ${choppedBytes} bytes in writes of ${bytes} comes back`;
      return answered(
        `${chopped}.${index + 1}`,
        title,
        [frame(opcode, payload, { chop: bytes })],
        [echo(opcode, payload)],
      );
    }),
    ...roundSizes.map((bytes, index) => {
      const payload = repeat(byte, bytes);
      const title = `${count} ${word} messages of ${bytes} bytes come back one after another`;
      return answered(
        `${rounds}.${index + 1}`,
        title,
        [{ act: "rounds", opcode, payload, count }],
        [echo(opcode, payload, count)],
      );
    }),
  ]);
}

export function autoFragmentation(): Case[] {
  const payload = repeat("2a", 65_536);
  return [
    answered(
      "10.1.1",
      "a text message of 65536 bytes in fragments of 1300 comes back",
      [fragments(TEXT, payload, 1300)],
      [echo(TEXT, payload)],
    ),
  ];
}
