// The guards of one connection as a machine: what it keeps, how long it waits, what it answers, how it ends. The frames
// themselves are protocol-guards.ts.

import type { Guard } from "./guard.ts";

const connection = "protocol/connection.ts";
const joined = ["unit/protocol/connection.messages.test.ts"];
const kept = ["unit/protocol/connection.memory.test.ts"];
const timed = ["unit/protocol/connection.time.test.ts"];
const closing = ["unit/protocol/connection.closing.test.ts"];
const nested = ["unit/protocol/connection.reentrancy.test.ts"];
const whole = ["unit/protocol/connection.test.ts"];

export const connectionGuards: readonly Guard[] = [
  // --- reading ---
  {
    rows: ["P-38"],
    file: connection,
    find: "this.#key = turnKey(this.#key, count);\n    this.#left -= count;\n    if (!last) return end;",
    replace: "this.#left -= count;\n    if (!last) return end;",
    tests: whole,
  },
  {
    rows: ["P-39", "V-36"],
    file: connection,
    find: "if (this.#turnFrames++ >= this.#limits.framesPerTurn) {",
    replace: "if (false) {",
    tests: [...whole, ...nested],
  },
  {
    rows: ["P-42"],
    file: connection,
    find: "const room = takeRoom();",
    replace: "const room = { bytes: chunk, words: new Int32Array(takeRoom().words.buffer, 0, 0) };",
    tests: whole,
  },
  {
    rows: ["P-43"],
    file: connection,
    find: 'this.#enter("ended");',
    replace: "this.#fail(violations.messageTimeout);",
    tests: whole,
  },
  {
    rows: ["P-62", "P-44"],
    file: "protocol/connection-state.ts",
    find: '  failed: ["end"],',
    replace: '  failed: ["send", "fail", "end"],',
    tests: ["unit/protocol/connection-state.test.ts"],
  },
  {
    // A control frame's FIN taken for the message's.
    rows: ["P-47"],
    file: connection,
    find: "    if (isControl(this.#opcode)) {\n      if (!this.#progress.inMessage)",
    replace: "    if (false) {\n      if (!this.#progress.inMessage)",
    tests: joined,
  },
  {
    rows: ["P-48"],
    file: connection,
    find: 'this.#enter("both-closed");\n',
    replace:
      'if (this.#message !== undefined) return this.#fail(violations.messageUnfinished);\n    this.#enter("both-closed");\n',
    tests: joined,
  },
  {
    rows: ["P-49"],
    file: "protocol/message-assembler.ts",
    find: "if (buffer === undefined) return new Uint8Array(0);",
    replace: "if (buffer === undefined) return undefined;",
    tests: joined,
  },
  {
    rows: ["P-57"],
    file: connection,
    find: "new MessageAssembler(this.#opcode === Opcode.text)",
    replace: "new MessageAssembler(true)",
    tests: joined,
  },
  {
    rows: ["P-57"],
    file: connection,
    find: 'this.#encoder.encode(typeof data === "string" ? Opcode.text : Opcode.binary, data)',
    replace: "this.#encoder.encode(Opcode.text, data)",
    tests: ["conformance/rfc6455-sending.test.ts"],
  },

  // --- memory ---
  {
    // The whole point of coalescing: a copy per fragment is quadratic, an object per fragment is CVE-2026-48779.
    rows: ["V-01"],
    file: "protocol/message-assembler.ts",
    find: "const wanted = Math.floor(Math.min(announced, Math.max(2 * needed, FIRST_ROOM)));",
    replace: "const wanted = needed;",
    tests: ["unit/protocol/message-assembler.test.ts"],
  },
  {
    rows: ["V-01"],
    file: "protocol/message-assembler.ts",
    find: "return (this.#buffer?.length ?? 0) + OBJECT_COST;",
    replace: "return OBJECT_COST;",
    tests: ["unit/protocol/message-assembler.text.test.ts"],
  },
  {
    // Room by announcement: a header of ten bytes takes a megabyte.
    rows: ["V-09"],
    file: connection,
    find: "    this.#progress.addFrame(header.length);\n",
    replace: "    this.#progress.addFrame(header.length);\n    this.#control = new ControlPayload(header.length);\n",
    tests: kept,
  },
  {
    rows: ["V-01"],
    file: "protocol/backlog.ts",
    find: "    const room = createRoom(end);\n    room.bytes.set(first);\n    room.bytes.set(second, first.length);\n",
    replace:
      "    const room = first.length === 0 ? { bytes: second, words: new Int32Array(0) } : createRoom(end);\n" +
      "    if (first.length > 0) {\n      room.bytes.set(first);\n      room.bytes.set(second, first.length);\n    }\n",
    tests: ["unit/protocol/backlog.test.ts"],
  },
  {
    rows: ["V-01"],
    file: "protocol/backlog.ts",
    find: "this.#room.bytes.length + OBJECT_COST",
    replace: "0",
    tests: ["unit/protocol/backlog.test.ts"],
  },
  {
    rows: ["V-01"],
    file: "protocol/arena.ts",
    find: "if (room === arena) taken = false;",
    replace: "",
    tests: ["unit/protocol/arena.test.ts"],
  },
  {
    rows: ["V-03"],
    file: "protocol/backlog.ts",
    find: 'manner === "apart" || ',
    replace: "",
    tests: ["unit/protocol/backlog.test.ts"],
  },
  {
    rows: ["V-03"],
    file: connection,
    find: "if (at < end) this.#backlog.prepend(room.bytes.subarray(at, end));",
    replace: "if (at < end) this.#backlog.prepend(room.bytes.slice(0));",
    tests: kept,
  },
  {
    rows: ["V-26"],
    file: connection,
    find: "    this.#backlog.clear();\n    this.#control = undefined;\n",
    replace: "",
    tests: kept,
  },
  {
    rows: ["V-26"],
    file: connection,
    find: "    this.#message = undefined;\n    this.#pendingPong = undefined;\n    if (state",
    replace: "    if (state",
    tests: kept,
  },

  // --- time ---
  {
    rows: ["V-04"],
    file: connection,
    find: "else if (this.#messageDeadline === Infinity) this.#messageDeadline = this.#now + this.#limits.messageTimeoutMs;",
    replace: "",
    tests: timed,
  },
  {
    // A deadline that every byte moves is none.
    rows: ["V-04"],
    file: connection,
    find: "else if (this.#messageDeadline === Infinity) this.#messageDeadline",
    replace: "else this.#messageDeadline",
    tests: timed,
  },
  {
    rows: ["V-04"],
    file: connection,
    find: "if (this.#messageDeadline !== Infinity) this.#messageDeadline = now + this.#limits.messageTimeoutMs;",
    replace: "",
    tests: timed,
  },
  {
    rows: ["P-73"],
    file: connection,
    find: "  receive(chunk: Uint8Array, now: number): void {\n",
    replace: "  receive(chunk: Uint8Array, now: number): void {\n    this.tick(now);\n",
    tests: timed,
  },
  {
    rows: ["P-64", "P-67"],
    file: connection,
    find: "else if (this.#closeDeadline === Infinity) this.#closeDeadline = this.#now + this.#limits.closeTimeoutMs;",
    replace: "",
    tests: timed,
  },
  {
    rows: ["P-67"],
    file: connection,
    find: "else if (this.#closeDeadline === Infinity) this.#closeDeadline",
    replace: "else this.#closeDeadline",
    tests: timed,
  },

  // --- closing ---
  {
    rows: ["P-58"],
    file: connection,
    find: 'if (this.#state === "open") this.#encoder.encode(Opcode.close, payload);',
    replace: "",
    tests: closing,
  },
  {
    rows: ["P-66"],
    file: connection,
    find: 'if (this.#state === "open") this.#encoder.encode(Opcode.close, payload);',
    replace: "this.#encoder.encode(Opcode.close, payload);",
    tests: closing,
  },
  {
    rows: ["P-62"],
    file: connection,
    find: '    if (this.#state !== "open") return;\n    if (this.#opcode === Opcode.pong) {',
    replace: "    if (this.#opcode === Opcode.pong) {",
    tests: closing,
  },
  {
    rows: ["P-44", "P-62", "V-15"],
    file: "protocol/connection-state.ts",
    find: 'return state === "open" || state === "we-closed";',
    replace: 'return state !== "ended";',
    tests: [...closing, ...whole],
  },
  {
    rows: ["P-65", "V-15"],
    file: connection,
    find: 'if (this.#discarded > this.#limits.discardBytes && this.#state !== "ended") this.#sink.drop();',
    replace: "",
    tests: closing,
  },
  {
    rows: ["P-65"],
    file: connection,
    find: "      this.#discard(count);\n",
    replace: "",
    tests: closing,
  },
  {
    rows: ["P-65"],
    file: connection,
    find: '    if (this.#state !== "open") {\n      this.#discard(count);',
    replace: "    if (false) {\n      this.#discard(count);",
    tests: closing,
  },

  // --- control frames ---
  {
    rows: ["P-70"],
    file: connection,
    find: "else this.#encoder.encode(Opcode.pong, payload);",
    replace: "else this.#encoder.encode(Opcode.pong, payload.subarray(0, 4));",
    tests: closing,
  },
  {
    rows: ["P-70"],
    file: "protocol/control-payload.ts",
    find: "this.bytes.set(bytes.subarray(start, end), this.#length);",
    replace: "this.bytes.set(bytes.subarray(start, end), 0);",
    tests: ["unit/protocol/control-payload.test.ts"],
  },
  {
    rows: ["P-71"],
    file: connection,
    find: "      this.#sink.receivePong(payload);\n      return;\n",
    replace: "      this.#sink.receivePong(payload);\n",
    tests: closing,
  },
  {
    rows: ["V-13"],
    file: connection,
    find: "if (this.#output.congested) this.#pendingPong = payload;\n    else this",
    replace: "this",
    tests: closing,
  },
  {
    rows: ["V-13"],
    file: connection,
    find: "if (this.#output.congested) this.#pendingPong = payload;",
    replace: "if (this.#output.congested) this.#pendingPong ??= payload;",
    tests: closing,
  },
  {
    rows: ["V-14"],
    file: connection,
    find: "if (this.#controlRate !== undefined && !this.#controlRate.take(this.#now)) this.#fail(violations.controlFlood);",
    replace: "",
    tests: closing,
  },
  {
    rows: ["V-14"],
    file: "base/token-bucket.ts",
    find: "if (this.#tokens < 1) return false;",
    replace: "",
    tests: ["unit/base/token-bucket.test.ts"],
  },

  // --- calls from inside a handler ---
  {
    rows: ["V-36"],
    file: connection,
    find: "if (this.#held || this.#parsing) {",
    replace: "if (this.#held) {",
    tests: nested,
  },
  {
    rows: ["V-36"],
    file: "protocol/arena.ts",
    find: "if (taken) return createRoom(ARENA_BYTES + MAX_HEADER_BYTES);",
    replace: "",
    tests: ["unit/protocol/arena.test.ts", ...nested],
  },
  {
    rows: ["V-36"],
    file: "protocol/backlog.ts",
    find: " || this.#room !== undefined) {",
    replace: ") {",
    tests: ["unit/protocol/backlog.test.ts"],
  },
  {
    rows: ["V-36"],
    file: connection,
    find: "if (this.#nested && !this.#held) this.release(now);",
    replace: "",
    tests: nested,
  },
  {
    rows: ["P-75"],
    file: connection,
    find: "    if (!this.#backlog.isEmpty) {\n      this.#parsing = true;",
    replace: "    if (false) {\n      this.#parsing = true;",
    tests: nested,
  },
  {
    rows: ["P-96"],
    file: "base/limits.ts",
    find: 'return resolve(choice, "client");',
    replace: 'return resolve(choice, "default");',
    tests: ["conformance/whatwg.test.ts", "unit/socket/engine-socket.test.ts"],
  },
  {
    rows: ["P-42"],
    file: "socket/writer.ts",
    find: "if (!this.#pipe.reusable || this.#pipe.pendingBytes > 0) slab.isLent = true;",
    replace: "if (this.#pipe.pendingBytes > 0) slab.isLent = true;",
    tests: ["unit/socket/writer.test.ts"],
  },
  {
    rows: ["I-02"],
    file: "socket/writer.ts",
    find: "      this.#closeRun();\n      this.#closeTail();\n    }\n",
    replace: "    }\n",
    tests: ["unit/socket/writer.test.ts"],
  },
];
