// The guards around one frame: what a header may say, what text and a Close may carry, how frames are written. What a
// connection makes of frames is connection-guards.ts.

import type { Guard } from "./guard.ts";

const check = "protocol/frame-check.ts";
const checked = ["unit/protocol/frame-check.test.ts"];
const decoder = "protocol/frame-decoder.ts";
const decoded = ["unit/protocol/frame-decoder.test.ts"];
const encoder = "protocol/frame-encoder.ts";
const encoded = ["unit/protocol/frame-encoder.test.ts"];
const assembler = "protocol/message-assembler.ts";
const assembled = ["unit/protocol/message-assembler.text.test.ts"];
const closePayload = "protocol/close-payload.ts";
const closed = ["unit/protocol/close-payload.test.ts"];
const utf8 = "base/utf8.ts";
const utf8Tested = ["unit/base/utf8.test.ts"];
const random = "base/random.ts";
const randomTested = ["unit/base/random.test.ts"];

export const protocolGuards: readonly Guard[] = [
  // --- headers ---
  {
    rows: ["P-31"],
    file: check,
    find: "if (!header.masked) return violations.maskMissing;",
    replace: "",
    tests: checked,
  },
  { rows: ["P-32"], file: check, find: "return violations.maskPresent;", replace: "", tests: checked },
  {
    rows: ["P-33"],
    file: check,
    find: "if (header.rsv !== 0) return violations.reservedBits;",
    replace: "",
    tests: checked,
  },
  {
    rows: ["P-34", "V-11"],
    file: check,
    find: "opcode > Opcode.pong || (opcode > Opcode.binary && opcode < Opcode.close)",
    replace: "false",
    tests: checked,
  },
  {
    rows: ["V-11"],
    file: decoder,
    find: "this.judgeable = available >= 2;",
    replace: "this.judgeable = false;",
    tests: ["unit/protocol/connection.test.ts", ...decoded],
  },
  {
    rows: ["P-35"],
    file: check,
    find: "header.length > MAX_CONTROL_PAYLOAD || header.headerBytes - (header.masked ? 4 : 0) !== 2",
    replace: "false",
    tests: checked,
  },
  {
    rows: ["P-35"],
    file: check,
    find: " || header.headerBytes - (header.masked ? 4 : 0) !== 2",
    replace: "",
    tests: ["conformance/rfc6455.test.ts"],
  },
  {
    rows: ["P-35"],
    file: check,
    find: "return header.fin ? undefined : violations.controlFragmented;",
    replace: "return undefined;",
    tests: checked,
  },
  {
    rows: ["P-36", "V-09"],
    file: check,
    find: "if (header.negative) return violations.lengthNegative;",
    replace: "",
    tests: checked,
  },
  {
    rows: ["P-36", "V-09"],
    file: decoder,
    find: "this.negative = high > 0x7fffffff;",
    replace: "this.negative = false;",
    tests: decoded,
  },
  {
    rows: ["P-37"],
    file: check,
    find: "if (!header.minimal && !context.lenientLength) return violations.lengthNotMinimal;",
    replace: "",
    tests: checked,
  },
  { rows: ["P-37"], file: decoder, find: "this.minimal = this.length > 125;", replace: "", tests: decoded },
  { rows: ["P-37"], file: decoder, find: "this.minimal = length > 0xffff;", replace: "", tests: decoded },
  {
    // 32 bits of the length only, as in CVE-2020-27813 and its kind.
    rows: ["V-09"],
    file: decoder,
    find: "const length = high * 0x100000000 + readWord(bytes, at + 4);",
    replace: "const length = readWord(bytes, at + 4);",
    tests: decoded,
  },
  {
    rows: ["V-09"],
    file: decoder,
    find: "length >= TWO_53 ? Infinity : length",
    replace: "length >= TWO_53 ? 0 : length",
    tests: decoded,
  },
  {
    rows: ["P-38"],
    file: decoder,
    find: "if (available < this.headerBytes) return 0;",
    replace: "",
    tests: decoded,
  },
  {
    // The length judged before the opcode: then the answer depends on where the header was cut.
    rows: ["P-38"],
    file: check,
    find: "  const { opcode } = header;\n",
    replace:
      "  const { opcode } = header;\n" +
      "  if (context.messageBytes + header.length > context.maxMessageBytes) return violations.messageTooBig;\n",
    tests: checked,
  },
  {
    rows: ["P-40"],
    file: decoder,
    find: "this.headerBytes = 2 + extended + (this.masked ? 4 : 0);",
    replace: "this.headerBytes = 2 + extended + (this.masked && short > 0 ? 4 : 0);",
    tests: ["unit/protocol/connection.test.ts", ...checked],
  },
  {
    rows: ["P-45"],
    file: check,
    find: "if (!context.inMessage) return violations.nothingToContinue;",
    replace: "",
    tests: checked,
  },
  { rows: ["P-46"], file: check, find: "return violations.messageUnfinished;", replace: "", tests: checked },
  {
    rows: ["P-56", "V-09", "V-10"],
    file: check,
    find: "if (context.messageBytes + header.length > context.maxMessageBytes) return violations.messageTooBig;",
    replace: "",
    tests: checked,
  },
  {
    rows: ["V-10"],
    file: check,
    find: "context.messageBytes + header.length > context.maxMessageBytes",
    replace: "header.length > context.maxMessageBytes",
    tests: checked,
  },
  {
    rows: ["P-56"],
    file: check,
    find: "context.messageBytes + header.length > context.maxMessageBytes",
    replace: "context.messageBytes + header.length >= context.maxMessageBytes",
    tests: checked,
  },
  {
    rows: ["V-10"],
    file: "protocol/message-progress.ts",
    find: "this.messageBytes += length;",
    replace: "",
    tests: ["unit/protocol/message-progress.test.ts"],
  },
  {
    rows: ["P-56"],
    file: "protocol/message-progress.ts",
    find: "    this.messageBytes = 0;\n",
    replace: "",
    tests: ["unit/protocol/connection.messages.test.ts"],
  },
  {
    rows: ["V-01", "V-02"],
    file: check,
    find: "if (context.fragmentCount >= context.maxFragments) return violations.tooManyFragments;",
    replace: "",
    tests: checked,
  },
  {
    rows: ["V-02"],
    file: "protocol/message-progress.ts",
    find: "this.fragmentCount++;",
    replace: "if (length > 0) this.fragmentCount++;",
    tests: ["unit/protocol/connection.messages.test.ts"],
  },

  // --- text ---
  {
    rows: ["P-50", "P-53"],
    file: assembler,
    find: "return platform.isUtf8(bytes.subarray(start, end)) ? platform.decodeUtf8(bytes, start, end) : undefined;",
    replace: "return platform.decodeUtf8(bytes, start, end);",
    tests: ["unit/protocol/connection.messages.test.ts", ...assembled],
  },
  {
    rows: ["P-50"],
    file: assembler,
    find: "if (this.text && !this.#check(bytes, start, end, ascii)) return false;",
    replace: "",
    tests: assembled,
  },
  {
    rows: ["P-50"],
    file: assembler,
    find: "if (ascii) return this.#utf8 === UTF8_ACCEPT;",
    replace: "if (ascii) return true;",
    tests: assembled,
  },
  {
    rows: ["P-50"],
    file: assembler,
    find: "if (!platform.isUtf8(bytes.subarray(at, cut))) return false;",
    replace: "",
    tests: assembled,
  },
  {
    rows: ["P-51"],
    file: assembler,
    find: "    this.#utf8 = state;\n",
    replace: "",
    tests: assembled,
  },
  {
    rows: ["P-51"],
    file: assembler,
    find: "const cut = lastCharacterStart(bytes, at, end);",
    replace: "const cut = end;",
    tests: assembled,
  },
  {
    rows: ["P-52"],
    file: assembler,
    find: "if (this.#utf8 !== UTF8_ACCEPT) return undefined;",
    replace: "",
    tests: assembled,
  },
  { rows: ["P-53"], file: utf8, find: "lead[0xed] = pending(2, 0x80, 0x9f);", replace: "", tests: utf8Tested },
  { rows: ["P-53"], file: utf8, find: "lead[0xe0] = pending(2, 0xa0, 0xbf);", replace: "", tests: utf8Tested },
  {
    rows: ["P-53"],
    file: utf8,
    find: "lead[0xf4] = pending(3, 0x80, 0x8f);",
    replace: "lead[0xf4] = pending(3, 0x80, 0xbf);",
    tests: utf8Tested,
  },
  {
    rows: ["P-53"],
    file: utf8,
    find: "lead[0xf0] = pending(3, 0x90, 0xbf);",
    replace: "lead[0xf0] = pending(3, 0x80, 0xbf);",
    tests: utf8Tested,
  },
  {
    rows: ["P-54"],
    file: "base/platform.ts",
    find: "{ ignoreBOM: true }",
    replace: "{ ignoreBOM: false }",
    tests: ["unit/protocol/connection.messages.test.ts", ...assembled, ...closed],
  },
  {
    rows: ["P-55"],
    file: "base/platform.ts",
    find: "encodeUtf8Into: (text, target, at) => encoder.encodeInto(text, target.subarray(at)).written,",
    replace:
      "encodeUtf8Into: (text, target, at) => encoder.encodeInto(text.replace(/\\p{Surrogate}/gu, ''), target.subarray(at)).written,",
    tests: ["unit/base/platform.test.ts", ...encoded],
  },

  // --- Close ---
  {
    rows: ["P-58"],
    file: closePayload,
    find: "if (payload.length === 1) return violations.closeTooShort;",
    replace: 'if (payload.length === 1) return { code: NO_STATUS, reason: "" };',
    tests: closed,
  },
  {
    rows: ["P-58"],
    file: closePayload,
    find: "if (code === NO_STATUS) return new Uint8Array(0);",
    replace: "",
    tests: closed,
  },
  {
    rows: ["P-59"],
    file: closePayload,
    find: "if (!isWireCloseCode(code)) return violations.closeCodeInvalid;",
    replace: "",
    tests: closed,
  },
  {
    rows: ["P-59", "P-60"],
    file: "base/close-codes.ts",
    find: "(code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006)",
    replace: "(code >= 1000 && code <= 1015)",
    tests: ["unit/base/close-codes.test.ts"],
  },
  {
    // What two of the peers do: RELIABILITY §2.10.
    rows: ["P-60"],
    file: "base/close-codes.ts",
    find: "code <= 1014 &&",
    replace: "code <= 1011 &&",
    tests: closed,
  },
  {
    rows: ["P-61"],
    file: closePayload,
    find: "if (!platform.isUtf8(payload.subarray(2))) return violations.invalidUtf8;",
    replace: "",
    tests: closed,
  },

  // --- writing ---
  {
    rows: ["P-37"],
    file: encoder,
    find: "  if (length < 126) {\n",
    replace: "  if (length < 125) {\n",
    tests: encoded,
  },
  {
    rows: ["P-41", "V-51"],
    file: encoder,
    find: "random.fill(keyBytes);",
    replace: "if (keyBytes.every((byte) => byte === 0)) random.fill(keyBytes);",
    tests: encoded,
  },
  {
    rows: ["P-40"],
    file: encoder,
    find: "else copyMasked(bytes, slab, at, writeKey(",
    replace: "else if (to > from) copyMasked(bytes, slab, at, writeKey(",
    tests: encoded,
  },
  {
    // Masking in place changes what the caller keeps.
    rows: ["P-42"],
    file: encoder,
    find: "else copyMasked(bytes, slab, at, writeKey(random, slab, at - KEY_BYTES), from, to);",
    replace:
      "else { copyMasked(bytes, bytes, from, writeKey(random, slab, at - KEY_BYTES), from, to); copyBytes(bytes, from, to, slab, at); }",
    tests: encoded,
  },
  {
    rows: ["V-34"],
    file: encoder,
    find: "const frame = platform.allocate(headerBytes(length, false) + length);",
    replace: "const frame = platform.allocate(10 + length);",
    tests: encoded,
  },
  {
    rows: ["V-34"],
    file: assembler,
    find: "if (!text) return bytes.slice(start, end);",
    replace: "if (!text) return bytes.subarray(start, end);",
    tests: assembled,
  },
  {
    rows: ["V-34"],
    file: assembler,
    find: "return buffer.length === this.#length ? buffer : buffer.slice(0, this.#length);",
    replace: "return buffer;",
    tests: assembled,
  },

  // --- randomness ---
  {
    rows: ["V-51"],
    file: random,
    find: "crypto.getRandomValues(pool)",
    replace: "pool.forEach((_, at) => { pool[at] = Math.floor(Math.random() * 256); })",
    tests: randomTested,
  },
  { rows: ["V-34", "V-51"], file: random, find: "        pool[at + index] = 0;\n", replace: "", tests: randomTested },
  { rows: ["V-51"], file: random, find: "      at += count;\n", replace: "", tests: randomTested },
];
