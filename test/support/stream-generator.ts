// Byte streams as peers send them, sound or wrong on purpose: mostly a lawful conversation, with one knob turned in some
// frames, and sometimes bytes changed blindly. Tells nothing about what is right; naive-frame-codec.ts does.

import { concat, utf8 } from "./byte-builder.ts";
import { writeFrame, type NaiveFrame, type Role } from "./naive-frame-codec.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface GeneratorOptions {
  /** Who will read the stream. */
  readonly role: Role;
  /** Share of frames with something wrong in them, 0 to 1. */
  readonly wrong: number;
  /** Share of streams that have bytes changed afterwards. */
  readonly mutated: number;
  /** Payloads are up to about this long. */
  readonly payloadBytes: number;
}

const characters = [
  "a",
  "Z",
  "0",
  "\n",
  "\0",
  "\u007f",
  "\u0080",
  "é",
  "\u07ff",
  "\u0800",
  "€",
  "\ufeff",
  "\uffff",
  "𐀀",
  "🜁",
  "\u{10ffff}",
];
const brokenText = ["c0 80", "c1", "ed a0 80", "f4 90", "f5", "80", "e2 82", "f0 9f 98", "ff", "fe"];
const lawfulCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
const lawlessCodes = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535];
const strangeLengths = [
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n + 1n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** One stream: a few messages with control frames between, perhaps a Close, perhaps damage. */
export function generateStream(random: SeededRandom, options: GeneratorOptions): Uint8Array<ArrayBuffer> {
  const frames: NaiveFrame[] = [];
  for (let count = random.between(1, 5); count > 0; count--) frames.push(...generateMessage(random, options));
  if (random.chance(0.3))
    frames.push(generateClose(random), ...(random.chance(0.3) ? generateMessage(random, options) : []));
  const written = frames.map((frame) => {
    const keyed = { ...frame, key: options.role === "server" ? random.bytes(4) : undefined };
    return writeFrame(random.chance(options.wrong) ? spoil(random, keyed, options) : keyed);
  });
  const stream = concat(written);
  if (random.chance(options.wrong)) return stream.slice(0, random.between(0, stream.length));
  return random.chance(options.mutated) ? mutate(random, stream) : stream;
}

function generateMessage(random: SeededRandom, options: GeneratorOptions): NaiveFrame[] {
  const isText = random.chance(0.6);
  const length = random.chance(0.1) ? 0 : random.between(0, random.chance(0.2) ? options.payloadBytes : 20);
  const payload = isText ? generateText(random, length, options) : random.bytes(length);
  const frames: NaiveFrame[] = [];
  let opcode = isText ? 1 : 2;
  let at = 0;
  for (let left = random.chance(0.6) ? 0 : random.between(1, 5); left > 0; left--) {
    const end = random.between(at, payload.length);
    frames.push({ opcode, fin: false, payload: payload.slice(at, end) });
    if (random.chance(0.4)) frames.push(generateControl(random));
    opcode = 0;
    at = end;
  }
  frames.push({ opcode, payload: payload.slice(at) });
  if (random.chance(0.2)) frames.push(generateControl(random));
  return frames;
}

function generateText(random: SeededRandom, length: number, options: GeneratorOptions): Uint8Array {
  let text = "";
  const isAscii = random.chance(0.4);
  while (text.length < length) text += isAscii ? "longwire" : random.pick(characters);
  const sound = utf8(text);
  if (!random.chance(options.wrong)) return sound;
  const at = random.between(0, sound.length);
  const broken = Uint8Array.from(random.pick(brokenText).split(" "), (digits) => Number.parseInt(digits, 16));
  return concat([sound.slice(0, at), broken, sound.slice(at)]);
}

function generateControl(random: SeededRandom): NaiveFrame {
  return { opcode: random.pick([9, 10]), payload: random.bytes(random.chance(0.1) ? 125 : random.between(0, 8)) };
}

function generateClose(random: SeededRandom): NaiveFrame {
  if (random.chance(0.2)) return { opcode: 8, payload: random.bytes(random.between(0, 1)) };
  const code = random.pick(random.chance(0.7) ? lawfulCodes : lawlessCodes);
  const reason = random.chance(0.2)
    ? random.bytes(random.between(0, 9))
    : utf8(random.pick(["", "bye", "à bientôt", "x".repeat(123)]));
  return { opcode: 8, payload: concat([Uint8Array.of(code >> 8, code & 0xff), reason]) };
}

/** The frame with one knob turned to where it must not stand, or may stand only elsewhere. */
function spoil(random: SeededRandom, frame: NaiveFrame, options: GeneratorOptions): NaiveFrame {
  switch (random.between(0, 9)) {
    case 0:
      return { ...frame, rsv: random.pick([0x10, 0x20, 0x40, 0x70]) };
    case 1:
      return { ...frame, opcode: random.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) };
    case 2:
      return { ...frame, key: frame.key === undefined ? random.bytes(4) : undefined };
    case 3:
      return { ...frame, lengthForm: random.pick([16, 64]) };
    case 4:
      return { ...frame, lengthForm: 64, declaredLength: random.pick(strangeLengths) };
    case 5:
      return { ...frame, fin: frame.fin === false };
    case 6:
      return { ...frame, opcode: random.pick([0, 1, 2, 8, 9, 10]) };
    case 7:
      return { ...frame, opcode: random.pick([8, 9, 10]), payload: random.bytes(126) };
    case 8:
      return { ...frame, declaredLength: random.between(0, 125) };
    default:
      return { ...frame, payload: random.bytes(options.payloadBytes * 3) };
  }
}

/** The stream with some of its bytes changed, taken away, put in or repeated. */
export function mutate(random: SeededRandom, stream: Uint8Array): Uint8Array<ArrayBuffer> {
  let changed = [...stream];
  for (let count = random.between(1, 3); count > 0; count--) {
    const at = random.between(0, changed.length);
    const some = random.between(1, 4);
    switch (random.between(0, 3)) {
      case 0:
        if (at < changed.length) changed[at] = (changed[at] as number) ^ (1 << random.between(0, 7));
        break;
      case 1:
        changed.splice(at, some);
        break;
      case 2:
        changed.splice(at, 0, ...random.bytes(some));
        break;
      default:
        changed = [...changed.slice(0, at), ...changed.slice(Math.max(0, at - some))];
    }
  }
  return Uint8Array.from(changed);
}

/**
 * A smaller stream for which `fails` is still true: pieces are taken out, then single bytes set to 0, as long as that
 * helps.
 */
export function shrinkStream(stream: Uint8Array, fails: (candidate: Uint8Array) => boolean): Uint8Array {
  let smallest = stream;
  for (let size = Math.ceil(stream.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at + size <= smallest.length;) {
      const candidate = concat([smallest.slice(0, at), smallest.slice(at + size)]);
      if (fails(candidate)) smallest = candidate;
      else at += size;
    }
  }
  for (let at = 0; at < smallest.length; at++) {
    const candidate = smallest.slice();
    candidate[at] = 0;
    if (smallest[at] !== 0 && fails(candidate)) smallest = candidate;
  }
  return smallest;
}
