// T2: where a transport cuts a stream means nothing. Each stream, lawful or not, gives the same events, the same answers and
// the same violation for every chunking: all two- and three-way cuts, all partitions of the short ones, single bytes, and
// any number of cuts with empty chunks between.
import { describe, expect, test } from "vitest";

import { attackLimits, expectationOf, findDifference, reportDifference } from "../support/attack-report.ts";
import { concat } from "../support/byte-builder.ts";
import {
  cutAt,
  everyPartition,
  everyThreeWays,
  everyTwoWays,
  oneByteEach,
  randomCuts,
  threeWaysAt,
  type Cuts,
} from "../support/chunkings.ts";
import { readCorpus } from "../support/corpus.ts";
import { frameTo, writeFrame, type Role } from "../support/naive-frame-codec.ts";
import { recordChunks, type RecordedConnection } from "../support/recorded-connection.ts";
import { caseCount, isFullRun, runSeeds, SeededRandom } from "../support/seeded-random.ts";
import { generateStream } from "../support/stream-generator.ts";

const roles: readonly Role[] = ["server", "client"];

/** Everything observable about a connection, as one text. */
function outcomeOf(recorded: RecordedConnection): string {
  const sent = Buffer.from(recorded.sent).toString("hex");
  return [...recorded.events, recorded.violation?.code, recorded.connection.state, sent].join("\n");
}

/** Tries all `chunkings` of the stream; returns how many there were. */
function expectSameForAll(stream: Uint8Array, role: Role, chunkings: Iterable<Cuts>): number {
  const limits = attackLimits;
  const whole = outcomeOf(recordChunks([stream], { role, limits }));
  let count = 0;
  for (const cuts of chunkings) {
    count++;
    const outcome = outcomeOf(recordChunks(cutAt(stream, cuts), { role, limits }));
    if (outcome !== whole) expect(outcome, `cut at ${cuts.join(", ")}`).toBe(whole);
  }
  return count;
}

const longestForThreeWays = isFullRun ? 400 : 90;

describe("P-38 T2 the corpus", () => {
  for (const { name, role, stream } of readCorpus()) {
    test(`P-38 ${name}: as the model reads it, wherever it is cut`, () => {
      expect(findDifference(stream, role, [])).toBeUndefined();
      expectSameForAll(stream, role, everyTwoWays(stream.length));
      expectSameForAll(stream, role, [oneByteEach(stream.length)]);
      if (stream.length <= longestForThreeWays) {
        expectSameForAll(stream, role, everyThreeWays(stream.length));
      } else {
        const random = new SeededRandom(stream.length);
        const candidates = Array.from({ length: 60 }, () => random.between(0, stream.length)).sort((a, b) => a - b);
        expectSameForAll(stream, role, threeWaysAt(candidates));
      }
    });
  }
});

const short: readonly (readonly [role: Role, name: string, stream: Uint8Array])[] = [
  ["server", "a text of two fragments", concat([frameTo("server", 1, "é", false), frameTo("server", 0, "")])],
  [
    "server",
    "a text broken inside its frame",
    writeFrame({
      opcode: 1,
      key: Uint8Array.of(1, 2, 3, 4),
      payload: Uint8Array.of(97, 0xe2, 0x82, 98, 99, 100, 101, 102, 103, 104),
    }),
  ],
  [
    "server",
    "a 64-bit length past 2^53",
    writeFrame({ opcode: 2, key: Uint8Array.of(9, 8, 7, 6), lengthForm: 64, declaredLength: 2n ** 53n, payload: "ab" }),
  ],
  ["server", "an empty close and a ping after it", concat([frameTo("server", 8), frameTo("server", 9, "ab")])],
  [
    "client",
    "a ping, a text, a close with a code",
    concat([frameTo("client", 9, "p"), frameTo("client", 1, "€"), frameTo("client", 8, Uint8Array.of(3, 232, 33, 33))]),
  ],
  [
    "client",
    "fragments with a pong between",
    concat([
      frameTo("client", 2, Uint8Array.of(1, 2), false),
      frameTo("client", 10, "x"),
      frameTo("client", 0, Uint8Array.of(3)),
      frameTo("client", 1, "ab"),
    ]),
  ],
  ["client", "a non-minimal length", writeFrame({ opcode: 1, lengthForm: 64, payload: "hello" })],
];

test.each(short)("P-38 T2 all 2^(n-1) partitions for a %s: %s", (role, _name, stream) => {
  expect(expectSameForAll(stream, role, everyPartition(stream.length))).toBe(2 ** (stream.length - 1));
});

describe.each(runSeeds("chunking"))("T2 generated streams ($name)", ({ name, seed }) => {
  for (const role of roles) {
    test(`P-38 T2 a ${role} reads the same, whatever the chunks`, () => {
      const random = new SeededRandom(seed);
      for (let index = 0; index < caseCount(2_500); index++) {
        const draw = random.fork();
        const stream = generateStream(draw, { role, wrong: 0.04, mutated: 0.15, payloadBytes: 120 });
        const expected = expectationOf(stream, role);
        const cutsSeed = draw.word();
        const ways = [
          (length: number): Cuts => randomCuts(new SeededRandom(cutsSeed), length),
          (length: number): Cuts => randomCuts(new SeededRandom(cutsSeed + 1), length),
          oneByteEach,
        ];
        for (const cutsFor of ways) {
          if (findDifference(stream, role, cutsFor(stream.length), attackLimits, expected) !== undefined) {
            expect.fail(reportDifference(`${name} ${seed}, case ${index}`, stream, role, cutsFor));
          }
        }
      }
    });
  }

  test("P-38 V-03 messages larger than the memory they are parsed in read the same, whatever the chunks", () => {
    const random = new SeededRandom(seed);
    const limits = { maxMessageBytes: 1 << 20, maxFragments: 64 };
    for (let index = 0; index < caseCount(10); index++) {
      const role = random.pick(roles);
      const parts = Array.from({ length: random.between(1, 4) }, () => {
        const payload = random.chance(0.5)
          ? "ý".repeat(random.between(20_000, 80_000))
          : random.bytes(random.between(60_000, 140_000));
        return frameTo(role, typeof payload === "string" ? 1 : 2, payload);
      });
      const stream = concat(parts);
      const near = [65_536, 65_536 + 14, 131_072].flatMap((cut) => [cut - 1, cut, cut + 1]);
      const cuts = [...randomCuts(random, stream.length), random.pick(near)].filter((cut) => cut <= stream.length);
      cuts.sort((left, right) => left - right);
      const expected = expectationOf(stream, role, limits);
      for (const chosen of [[], cuts]) {
        const difference = findDifference(stream, role, chosen, limits, expected);
        if (difference !== undefined) expect.fail(`${name} ${seed}, case ${index}: ${difference.slice(0, 400)}`);
      }
    }
  });
});
