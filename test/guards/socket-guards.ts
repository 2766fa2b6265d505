// The guards of the driver and its parts: what waits is bounded in both directions, silent and slow peers are given up,
// every end is told once. What the WHATWG surface adds is client-guards.ts.

import type { Guard } from "./guard.ts";

const driver = "socket/driver.ts";
const sending = ["unit/socket/driver.sending.test.ts"];
const reading = ["unit/socket/driver.reading.test.ts"];
const streamed = ["unit/socket/driver.stream.test.ts"];
const timed = ["unit/socket/driver.time.test.ts"];
const closing = ["unit/socket/driver.closing.test.ts"];
const replies = ["unit/socket/driver.replies.test.ts"];
const deliveries = "socket/deliveries.ts";
const pipe = "socket/pipe.ts";
const piped = ["unit/socket/pipe.test.ts"];
const writer = "socket/writer.ts";
const written = ["unit/socket/writer.test.ts"];
const budget = "socket/budget.ts";
const budgeted = ["unit/socket/budget.test.ts"];
const heartbeat = "socket/heartbeat.ts";
const beaten = ["unit/socket/heartbeat.test.ts"];
const ending = "socket/ending.ts";
const ended = ["unit/socket/ending.test.ts"];
const pending = "socket/pending-socket.ts";
const pended = ["unit/socket/pending-socket.test.ts"];

export const socketGuards: readonly Guard[] = [
  // --- peers that do not read ---
  {
    rows: ["V-22"],
    file: driver,
    find: "if (this.#writer.pendingBytes <= bound) return false;",
    replace: "if (this.#writer.pendingBytes <= Infinity) return false;",
    tests: sending,
  },
  {
    rows: ["V-22"],
    file: driver,
    find: "const bound = this.#limits.maxQueuedBytes * (isReply ? REPLY_ROOM : 1);",
    replace: "const bound = isReply ? Infinity : this.#limits.maxQueuedBytes;",
    tests: replies,
  },
  {
    rows: ["V-22"],
    file: driver,
    find: "if (isReply && this.#writer.pendingBytes > patience) this.#reading.stop(Hold.output);",
    replace: "",
    tests: sending,
  },
  {
    rows: ["V-22"],
    file: driver,
    find: 'this.#side === "server" ? 0 : this.#limits.maxQueuedBytes;',
    replace: "0;",
    tests: replies,
  },
  {
    // Judged on the peer's silence, not only when something more is sent.
    rows: ["V-22"],
    file: driver,
    find: "if (this.#stall.isDue(this.#writer.pendingBytes, now)) {",
    replace: "if (false) {",
    tests: sending,
  },
  {
    rows: ["V-22"],
    file: "socket/stall.ts",
    find: "this.progress(pendingBytes, now);",
    replace: "",
    tests: ["unit/socket/driver.stream.test.ts"],
  },
  {
    rows: ["V-22"],
    file: "socket/stall.ts",
    find: "} else if (this.deadline === Infinity || pendingBytes < before) {",
    replace: "} else {",
    tests: ["unit/socket/stall.test.ts"],
  },
  {
    rows: ["V-22"],
    file: "socket/stall.ts",
    find: " + pendingBytes / BYTES_PER_MS",
    replace: "",
    tests: ["unit/socket/stall.test.ts"],
  },
  {
    rows: ["V-22"],
    file: writer,
    find: "if (pendingBytes >= this.#boundBytes || (pendingBytes > 0 && this.#queuedBytes < LARGE_BYTES)) {",
    replace: "if (pendingBytes > 0 && this.#queuedBytes < LARGE_BYTES) {",
    tests: written,
  },
  {
    rows: ["V-22"],
    file: writer,
    find: "return this.pendingBytes + this.#parts.length * OBJECT_COST;",
    replace: "return this.pendingBytes;",
    tests: written,
  },
  {
    rows: ["V-13"],
    file: writer,
    find: "return this.pendingBytes >= this.#boundBytes;",
    replace: "return false;",
    tests: sending,
  },
  {
    rows: ["V-22"],
    file: "socket/drain-watch.ts",
    find: "if (this.#waiting.length === 0 && !this.#writer.waitsForPipe) return false;",
    replace: "if (this.#waiting.length === 0) return false;",
    tests: ["unit/socket/drain-watch.test.ts"],
  },

  // --- handlers that take their time ---
  {
    rows: ["V-23"],
    file: deliveries,
    find: "if (this.#inbox.full) this.#reading.stop(Hold.inbox);",
    replace: "",
    tests: reading,
  },
  {
    rows: ["V-23"],
    file: "socket/inbox.ts",
    find: "(this.#messages?.length ?? 0) >= this.#maxMessages || ",
    replace: "",
    tests: ["unit/socket/inbox.test.ts"],
  },
  {
    rows: ["V-23"],
    file: "socket/inbox.ts",
    find: " || this.cost >= this.#maxBytes",
    replace: "",
    tests: ["unit/socket/inbox.test.ts"],
  },
  {
    rows: ["V-23"],
    file: deliveries,
    find: "return !this.#busy && (this.#outcome !== undefined || !this.#reading.isHeldBy(Hold.output));",
    replace: "return !this.#busy;",
    tests: replies,
  },
  {
    rows: ["P-100"],
    file: deliveries,
    find: "queueMicrotask(() => process.nextTick(endDelivery, this));",
    replace: "queueMicrotask(() => endDelivery(this));",
    tests: reading,
  },
  {
    rows: ["V-36"],
    file: driver,
    find: "    this.#reading.stop(Hold.turn);\n",
    replace: "",
    tests: reading,
  },
  {
    rows: ["P-75"],
    file: "socket/reading.ts",
    find: "    this.#pipe.resume();\n",
    replace: "",
    tests: reading,
  },

  // --- memory ---
  {
    rows: ["F-37"],
    file: budget,
    find: "        largest.throttle();\n",
    replace: "",
    tests: budgeted,
  },
  {
    rows: ["F-37"],
    file: budget,
    find: "      largest.shed();\n",
    replace: "",
    tests: budgeted,
  },
  {
    rows: ["F-37"],
    file: budget,
    find: "      if (cost > most && eligible(holder)) {",
    replace: "      if (largest === undefined && eligible(holder)) {",
    tests: budgeted,
  },
  {
    rows: ["F-37"],
    file: budget,
    find: "return this.#used >= this.limitBytes * SHED_AT;",
    replace: "return false;",
    tests: budgeted,
  },
  {
    rows: ["V-01"],
    file: "socket/node-platform.ts",
    find: "Buffer.allocUnsafeSlow(bytes)",
    replace: "Buffer.allocUnsafe(bytes)",
    tests: ["unit/socket/node-platform.test.ts"],
  },
  {
    rows: ["V-03"],
    file: pending,
    find: "if (this.#chunks.length >= 64) this.#chunks.splice(0, this.#chunks.length, join(this.#chunks, this.#bytes));",
    replace: "",
    tests: pended,
  },
  {
    rows: ["V-26"],
    file: "socket/wakeups.ts",
    find: "    waiting.delete(item);\n",
    replace: "",
    tests: ["unit/socket/wakeups.test.ts"],
  },
  {
    rows: ["V-26"],
    file: pending,
    find: '    this.#socket.off("data", this.#receiveChunk);\n',
    replace: "",
    tests: pended,
  },
  {
    rows: ["V-34"],
    file: writer,
    find: "this.#parts.push(slab.subarray(0, bytes));",
    replace: "this.#parts.push(slab);",
    tests: written,
  },
  {
    rows: ["P-42"],
    file: writer,
    find: "if (!this.#pipe.reusable || this.#pipe.pendingBytes > 0) slab.isLent = true;",
    replace: "if (!this.#pipe.reusable) slab.isLent = true;",
    tests: written,
  },

  // --- handshakes that wait ---
  {
    rows: ["P-14"],
    file: pending,
    find: "    if (this.#bytes >= this.#limitBytes) this.#pause();\n  };",
    replace: "  };",
    tests: pended,
  },
  {
    rows: ["P-14"],
    file: pending,
    find: "this.#chunks.length === 1 && only !== undefined ? only : join(this.#chunks, this.#bytes)",
    replace: "only ?? new Uint8Array(0)",
    tests: pended,
  },

  // --- time ---
  {
    rows: ["P-72"],
    file: heartbeat,
    find: 'if (this.#deadline !== Infinity) return "lost";',
    replace: "",
    tests: beaten,
  },
  {
    rows: ["P-72", "P-71"],
    file: heartbeat,
    find: "    this.#receivedAt = now;\n    this.#deadline = Infinity;",
    replace: "    this.#receivedAt = now;",
    tests: beaten,
  },
  {
    rows: ["P-72"],
    file: heartbeat,
    find: "    this.#sentAt = now;\n  }\n\n  /** When",
    replace: "    this.#sentAt = now;\n    this.#deadline = Infinity;\n  }\n\n  /** When",
    tests: beaten,
  },
  {
    rows: ["P-73"],
    file: "base/clock.ts",
    find: '    if (typeof setImmediate !== "function") {',
    replace: "    if (true) {",
    tests: ["unit/base/clock.test.ts"],
  },

  // --- ends ---
  {
    rows: ["P-63"],
    file: driver,
    find: " else if (!this.#reading.waitsWithEnd()) this.drop();",
    replace: "",
    tests: streamed,
  },
  {
    rows: ["P-63"],
    file: ending,
    find: "code: clean ? this.#code : 1006,",
    replace: "code: this.#code,",
    tests: ended,
  },
  {
    rows: ["P-67"],
    file: driver,
    find: 'if (this.#side === "server") this.#ending.endRequested = true;',
    replace: "",
    tests: streamed,
  },
  {
    // What was sent before the Close is dropped with it.
    rows: ["P-68"],
    file: driver,
    find: "if (!this.#connection.sendClose(code, reason, now)) return;",
    replace: "this.#writer.clear();\n    if (!this.#connection.sendClose(code, reason, now)) return;",
    tests: sending,
  },
  {
    rows: ["P-68"],
    file: driver,
    find: "this.#release(MESSAGE_HOLDS, now);",
    replace: "",
    tests: sending,
  },
  {
    rows: ["P-69"],
    file: ending,
    find: "this.#deliberate = true;",
    replace: "",
    tests: ended,
  },
  {
    rows: ["P-74"],
    file: ending,
    find: "this.#cause ??= cause;",
    replace: "this.#cause = cause;",
    tests: ended,
  },
  {
    rows: ["P-74"],
    file: pipe,
    find: "  delete this[RECEIVER];\n",
    replace: "",
    tests: piped,
  },
  {
    rows: ["V-32"],
    file: pipe,
    find: '    stream.on("error", onError);\n',
    replace: "",
    tests: piped,
  },
  {
    rows: ["P-15"],
    file: pending,
    find: '    socket.on("end", this.#receiveGone);\n',
    replace: "",
    tests: pended,
  },
  {
    rows: ["P-72"],
    file: driver,
    find: "now >= this.#heartbeatWakeAt() ? this.#heartbeat.tick(now) : undefined;",
    replace: "undefined as string | undefined;",
    tests: timed,
  },
  {
    rows: ["P-72"],
    file: driver,
    find: "    this.#heartbeat.receive(now);\n    this.#reading.active = true;",
    replace: "    this.#reading.active = true;",
    tests: timed,
  },
  { rows: ["V-04"], file: driver, find: "    this.#connection.tick(now);\n", replace: "", tests: timed },
  { rows: ["P-64"], file: driver, find: "    this.#connection.tick(now);\n", replace: "", tests: closing },
  {
    rows: ["P-69"],
    file: driver,
    find: "    this.#pipe.destroy();\n  }\n\n  drained()",
    replace: "  }\n\n  drained()",
    tests: closing,
  },
  { rows: ["P-74"], file: deliveries, find: "    this.#owner = undefined;\n", replace: "", tests: closing },
  {
    rows: ["P-74"],
    file: deliveries,
    find: "if (this.#inbox.isEmpty && !this.#reading.isHeldBy(Hold.checkpoint)) this.conclude();",
    replace: "if (true) this.conclude();",
    tests: closing,
  },
  {
    rows: ["P-63"],
    file: "socket/reading.ts",
    find: "this.#endWaits = this.stopped;",
    replace: "this.#endWaits = false;",
    tests: ["unit/socket/reading.test.ts"],
  },
];
