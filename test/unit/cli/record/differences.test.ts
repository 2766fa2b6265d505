import { describe, expect, test } from "vitest";
import { findDifferences } from "../../../../src/cli/record/differences.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";

const told = (recorded: string, now: string): string =>
  findDifferences([...recorded], [...now])
    .map(({ kind, index }) => `${kind === "missing" ? "-" : "+"}${(kind === "missing" ? recorded : now)[index] ?? "?"}`)
    .join(" ");

describe("findDifferences", () => {
  test.each([
    ["abc", "abc", ""],
    ["", "", ""],
    ["abc", "", "-a -b -c"],
    ["", "ab", "+a +b"],
    ["abcd", "abd", "-c"],
    ["abd", "abcd", "+c"],
    ["abcd", "abxd", "-c +x"],
    ["aaaa", "aa", "-a -a"],
    ["abcabba", "cbabac", "+a +c -a -a -b"],
  ])("%s, now %s: %s", (recorded, now, expected) => {
    const found = told(recorded, now);
    // Several explanations may be equally short.
    expect(found.split(" ").toSorted()).toEqual(expected.split(" ").toSorted());
  });

  test("whatever the two are: what is left of each after its differences is the same", () => {
    const random = new SeededRandom(7);
    for (let round = 0; round < 300; round++) {
      const list = (): string[] => Array.from({ length: random.between(0, 20) }, () => String(random.between(0, 4)));
      const [recorded, now] = [list(), list()];
      const found = findDifferences(recorded, now);
      const missing = new Set(found.filter(({ kind }) => kind === "missing").map(({ index }) => index));
      const extra = new Set(found.filter(({ kind }) => kind === "extra").map(({ index }) => index));
      expect(recorded.filter((_, index) => !missing.has(index))).toEqual(now.filter((_, index) => !extra.has(index)));
    }
  });

  test("two that are too long and too different are compared place by place", () => {
    const recorded = Array.from({ length: 3_000 }, (_, index) => `a${index}`);
    const now = recorded.map((text, index) => (index % 2 === 0 ? text : `${text}!`));
    now[0] = "x";
    expect(findDifferences(recorded, now)).toHaveLength(2 * (1_500 + 1));
  });
});
