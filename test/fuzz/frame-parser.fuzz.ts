// T1: streams of frames, sound and spoilt, into the connection machine of both sides; the naive codec says what they mean.
// No stream may throw, and each must give the model's events, answers and close code. What once failed is in corpus/.
import { describe, expect, test } from "vitest";

import { attackLimits, findDifference, reportDifference } from "../support/attack-report.ts";
import { readCorpus } from "../support/corpus.ts";
import { readStream, type Role } from "../support/naive-frame-codec.ts";
import { caseCount, runSeeds, SeededRandom } from "../support/seeded-random.ts";
import { generateStream, mutate, type GeneratorOptions } from "../support/stream-generator.ts";

const roles: readonly Role[] = ["server", "client"];

/** How much is wrong in a batch: from lawful talk, which gets far, to noise, which dies at once. */
const batches: readonly (Omit<GeneratorOptions, "role"> & { readonly name: string; readonly share: number })[] = [
  { name: "lawful", wrong: 0, mutated: 0, payloadBytes: 200, share: 0.3 },
  { name: "one fault in many frames", wrong: 0.04, mutated: 0, payloadBytes: 200, share: 0.4 },
  { name: "damaged bytes", wrong: 0.02, mutated: 1, payloadBytes: 150, share: 0.2 },
  { name: "mostly wrong", wrong: 0.4, mutated: 0.3, payloadBytes: 300, share: 0.1 },
];

describe.each(runSeeds("frame parser"))("T1 $name", ({ name, seed }) => {
  for (const role of roles) {
    for (const batch of batches) {
      test(`T1 a ${role} reads ${batch.name} streams as the model does`, () => {
        const random = new SeededRandom(seed);
        for (let index = 0; index < caseCount(12_000 * batch.share); index++) {
          const stream = generateStream(random.fork(), { ...batch, role });
          if (findDifference(stream, role, []) !== undefined) {
            expect.fail(reportDifference(`${name} ${seed}, case ${index}`, stream, role, () => []));
          }
        }
      });
    }

    test(`T1 a ${role} reads pure noise as the model does`, () => {
      const random = new SeededRandom(seed);
      for (let index = 0; index < caseCount(4_000); index++) {
        const stream = random.bytes(random.between(0, 40));
        if (findDifference(stream, role, []) !== undefined) {
          expect.fail(reportDifference(`${name} ${seed}, case ${index}`, stream, role, () => []));
        }
      }
    });
  }

  test("T1 the streams of the corpus with bytes changed are read as the model reads them", () => {
    const random = new SeededRandom(seed);
    const corpus = readCorpus().filter(({ stream }) => stream.length <= 512);
    for (let index = 0; index < caseCount(5_000); index++) {
      const { role, stream } = random.pick(corpus);
      const changed = mutate(random, stream);
      if (findDifference(changed, role, []) !== undefined) {
        expect.fail(reportDifference(`${name} ${seed}, case ${index}`, changed, role, () => []));
      }
    }
  });
});

test("T1 the generator meets every kind of event and every close code that a stream can cause", () => {
  const random = new SeededRandom(7);
  const seen = new Set<string>();
  for (let index = 0; index < 6_000; index++) {
    const stream = generateStream(random, { role: "server", wrong: 0.1, mutated: 0.1, payloadBytes: 200 });
    for (const line of readStream(stream, { role: "server", ...attackLimits })) {
      const [kind, code] = line.split(" ");
      seen.add(kind === "fail" ? `fail ${code ?? ""}` : (kind ?? ""));
    }
  }
  const kinds = ["binary", "close", "fail 1002", "fail 1007", "fail 1008", "fail 1009", "ping", "pong", "text"];
  expect([...seen].sort()).toEqual(kinds);
});
