// T6: the UTF-8 validator against every sequence of one to four bytes. After a byte that rejects, nothing follows; after a
// whole character, the validator stands where it began. So it is enough to try all 256 bytes after every unfinished
// character: what it then says of longer sequences follows.
import { isUtf8 } from "node:buffer";
import { describe, expect, test } from "vitest";

import { lastCharacterStart, scanUtf8, stepUtf8, UTF8_ACCEPT, UTF8_REJECT } from "../../src/base/utf8.ts";
import { everyPartition, everyTwoWays } from "../support/chunkings.ts";
import { badUtf8At, isCompleteUtf8 } from "../support/naive-utf8.ts";
import { caseCount, runSeeds, SeededRandom } from "../support/seeded-random.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function isValid(text: Uint8Array): boolean {
  try {
    decoder.decode(text);
    return true;
  } catch {
    return false;
  }
}

/** All Unicode scalar values in ascending order, as UTF-8. */
function everyCharacter(): Uint8Array {
  const parts: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    if (code < 0xd800 || code > 0xdfff) parts.push(String.fromCodePoint(code));
  }
  return new TextEncoder().encode(parts.join(""));
}

/** The first byte at which the validator rejects, read byte by byte. */
function rejectedAt(text: Uint8Array): number | undefined {
  let state = UTF8_ACCEPT;
  for (const [at, byte] of text.entries()) {
    state = stepUtf8(state, byte);
    if (state === UTF8_REJECT) return at;
  }
  return undefined;
}

describe("every sequence of one to four bytes", () => {
  const text = everyCharacter();

  test("P-51 every character is accepted whole and is unfinished after each of its earlier bytes", () => {
    let state = UTF8_ACCEPT;
    let count = 0;
    for (let at = 0; at < text.length; at++) {
      state = stepUtf8(state, text[at] as number);
      if (state === UTF8_REJECT) expect.fail(`rejects the valid character around byte ${at}`);
      const nextIsLead = at + 1 === text.length || ((text[at + 1] as number) & 0xc0) !== 0x80;
      if ((state === UTF8_ACCEPT) !== nextIsLead) expect.fail(`state ${state} at byte ${at}`);
      if (nextIsLead) count++;
    }
    expect(count).toBe(0x110000 - 0x800);
    expect(isValid(text)).toBe(true);
  });

  test("P-50 P-53 after an unfinished character exactly the bytes that can still lead to a valid one are accepted", () => {
    // What each byte does after each unfinished character, drawn from the platform's encoder: 0 is dead, 1 leads on, 2 ends.
    const follow = new Map<number, Uint8Array>([[0, new Uint8Array(256)]]);
    for (let at = 0; at < text.length;) {
      let prefix = 0;
      let next = at;
      do {
        const byte = text[next++] as number;
        const isLast = next === text.length || ((text[next] as number) & 0xc0) !== 0x80;
        (follow.get(prefix) as Uint8Array)[byte] = isLast ? 2 : 1;
        prefix = prefix * 256 + byte;
        if (isLast) break;
        if (!follow.has(prefix)) follow.set(prefix, new Uint8Array(256));
      } while (next < text.length);
      at = next;
    }
    let tried = 0;
    const tryAllAfter = (prefix: number, state: number): void => {
      const expected = follow.get(prefix) as Uint8Array;
      for (let byte = 0; byte < 256; byte++) {
        tried++;
        const after = stepUtf8(state, byte);
        const actual = after === UTF8_ACCEPT ? 2 : after === UTF8_REJECT ? 0 : 1;
        if (actual !== expected[byte]) expect.fail(`after ${prefix.toString(16)}, byte ${byte.toString(16)}: ${after}`);
        if (actual === 1) tryAllAfter(prefix * 256 + byte, after);
      }
    };
    tryAllAfter(0, UTF8_ACCEPT);
    expect(tried).toBeGreaterThan(4_000_000);
  });
});

// One byte from each end of each range that UTF-8 tells apart.
const telling = [
  0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0,
  0xf1, 0xf3, 0xf4, 0xf5, 0xff,
];

function* tellingSequences(length: number): Generator<number[]> {
  if (length === 0) {
    yield [];
    return;
  }
  for (const start of tellingSequences(length - 1)) for (const byte of telling) yield [...start, byte];
}

test("T6 the naive codec's own table of well-formed text agrees with the platform", () => {
  for (const length of [1, 2, 3]) {
    for (const sequence of tellingSequences(length)) {
      const text = Uint8Array.from(sequence);
      if (isCompleteUtf8(text) !== isValid(text)) expect.fail(`differs on ${sequence.join(" ")}`);
    }
  }
  for (const sequence of tellingSequences(4)) {
    const text = Uint8Array.from(sequence);
    if (isCompleteUtf8(text) !== isUtf8(text)) expect.fail(`differs on ${sequence.join(" ")}`);
  }
});

test("T6 P-50 the validator stops at the byte at which the naive table stops", () => {
  for (const sequence of tellingSequences(4)) {
    const text = Uint8Array.from(sequence);
    if (rejectedAt(text) !== badUtf8At(text)) expect.fail(`differs on ${sequence.join(" ")}`);
  }
});

test("T6 P-51 a scan that is stopped and resumed anywhere ends in the same state", () => {
  for (const sequence of tellingSequences(3)) {
    const text = Uint8Array.from([...sequence, 0x80]);
    const whole = scanUtf8(UTF8_ACCEPT, text, 0, text.length);
    for (const cuts of everyPartition(text.length)) {
      let state = UTF8_ACCEPT;
      let start = 0;
      for (const end of [...cuts, text.length]) {
        if (state !== UTF8_REJECT) state = scanUtf8(state, text, start, end);
        start = end;
      }
      if (state !== whole) expect.fail(`${sequence.join(" ")} cut at ${cuts.join(", ")}`);
    }
  }
});

describe.each(runSeeds("utf8"))("random text ($name)", ({ name, seed }) => {
  const random = new SeededRandom(seed);

  test("T6 long text, sound or damaged, is judged as the platform judges it, wherever it is cut", () => {
    for (let index = 0; index < caseCount(20_000); index++) {
      const text = randomText(random);
      const expected = isUtf8(text);
      const cut = random.between(0, text.length);
      let state = scanUtf8(UTF8_ACCEPT, text, 0, cut);
      if (state !== UTF8_REJECT) state = scanUtf8(state, text, cut, text.length);
      if ((state === UTF8_ACCEPT) !== expected) expect.fail(`${name} ${seed}: ${[...text].join(" ")} cut at ${cut}`);
    }
  });

  test("T6 what lies before an unfinished last character can be judged whole", () => {
    for (let index = 0; index < caseCount(5_000); index++) {
      const text = randomText(random);
      if (!isUtf8(text)) continue;
      for (const [cut] of everyTwoWays(text.length)) {
        const end = cut as number;
        const start = lastCharacterStart(text, 0, end);
        if (start > end || end - start > 3 || !isUtf8(text.subarray(0, start))) {
          expect.fail(`${name} ${seed}: ${[...text].join(" ")} up to ${end} gives ${start}`);
        }
      }
    }
  });
});

/** Up to 40 bytes: characters of all lengths, in half of the cases with one byte changed, added or taken away. */
function randomText(random: SeededRandom): Uint8Array {
  const characters = Array.from({ length: random.between(0, 12) }, () => {
    const below = random.pick([0x80, 0x800, 0xd800, 0x110000]);
    const code = random.between(0, below - 1);
    return String.fromCodePoint(code >= 0xd800 && code <= 0xdfff ? 0xfeff : code);
  });
  const sound = [...new TextEncoder().encode(characters.join(""))];
  if (random.chance(0.5)) return Uint8Array.from(sound);
  const at = random.between(0, sound.length);
  sound.splice(at, random.between(0, 1), ...(random.chance(0.7) ? [random.pick(telling)] : []));
  return Uint8Array.from(sound);
}
