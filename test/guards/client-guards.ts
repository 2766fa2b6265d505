// The guards of the client and of the WHATWG surface: how a connection is dialed, judged and given up, and what a page may
// rely on once it is open.

import type { Guard } from "./guard.ts";

const dial = "socket/dial.ts";
const surface = "base/websocket-surface.ts";
const answer = "protocol/handshake/response-check.ts";
const dialed = ["unit/socket/dial.test.ts"];
const surfaced = ["unit/base/websocket-surface.test.ts"];
const standard = ["conformance/whatwg.test.ts"];

const answers: Guard[] = [
  {
    rows: ["P-21", "V-49"],
    file: answer,
    find: "if (head.status !== 101) return wrongStatus(head.status);",
    replace: "",
    tests: dialed,
  },
  {
    rows: ["P-21"],
    file: answer,
    find: "if (announcesBody(fields)) return violations.body;",
    replace: "",
    tests: dialed,
  },
  {
    rows: ["P-22"],
    file: answer,
    find: "accept.length !== 1 || accept[0] !== acceptKey(expected.key)",
    replace: "accept.length > 9",
    tests: dialed,
  },
  {
    rows: ["P-23"],
    file: answer,
    find: '!includesToken((fields.get("connection") ?? []).join(","), "upgrade")',
    replace: '(fields.get("connection") ?? []).join(",") !== "Upgrade"',
    tests: dialed,
  },
  {
    rows: ["P-24"],
    file: answer,
    find: 'fields.get("sec-websocket-extensions")?.some((value) => value !== "") === true',
    replace: "false",
    tests: dialed,
  },
  {
    rows: ["P-25"],
    file: answer,
    find: "protocol !== undefined && !expected.protocols.includes(protocol)",
    replace: "false",
    tests: dialed,
  },
  {
    rows: ["P-25"],
    file: answer,
    find: "protocol === undefined && expected.protocols.length > 0",
    replace: "false",
    tests: dialed,
  },
  {
    rows: ["V-20"],
    file: "protocol/handshake/response-head.ts",
    find: "else if (end - at > room) this.#outcome = violations.tooLong;",
    replace: "",
    tests: dialed,
  },
  {
    rows: ["V-44"],
    file: "protocol/handshake/header-fields.ts",
    find: 'typeof value !== "string" || !isSendable(value)',
    replace: "false",
    tests: dialed,
  },
];

const dialing: Guard[] = [
  { rows: ["P-26"], file: dial, find: "queueMicrotask(() => {", replace: "((run) => run())(() => {", tests: dialed },
  {
    rows: ["P-27"],
    file: dial,
    find: '    socket.on("close", this.#receiveClose);\n    socket.on("end", this.#receiveClose);\n',
    replace: "",
    tests: dialed,
  },
  { rows: ["P-28"], file: dial, find: "socket.destroy();", replace: "", tests: dialed },
  {
    rows: ["P-28"],
    file: surface,
    find: "    this.#readyState = CLOSING;\n    this.abandon(cause);",
    replace: "    this.abandon(cause);",
    tests: dialed,
  },
  {
    rows: ["P-29"],
    file: dial,
    find: "runtime.clock.schedule(handshakeTimeoutMs,",
    replace: "runtime.clock.schedule(1e9,",
    tests: dialed,
  },
  {
    rows: ["P-29"],
    file: dial,
    find: '    this.#step = "open";\n    this.#deadline?.cancel();',
    replace: "",
    tests: dialed,
  },
  {
    rows: ["P-93"],
    file: dial,
    find: "options.blockPorts && isBlockedPort(url.port)",
    replace: "false",
    tests: dialed,
  },
  {
    rows: ["V-53"],
    file: dial,
    find: "rejectUnauthorized: given.rejectUnauthorized ?? true,",
    replace: "rejectUnauthorized: false,",
    tests: ["unit/socket/dial.tls.test.ts"],
  },
  {
    rows: ["V-53"],
    file: dial,
    find: 'minVersion: given.minVersion === "TLSv1.3" ? "TLSv1.3" : "TLSv1.2",',
    replace: 'minVersion: given.minVersion ?? "TLSv1.2",',
    tests: ["unit/socket/dial.tls.test.ts"],
  },
  {
    rows: ["P-91"],
    file: "protocol/handshake/websocket-url.ts",
    find: 'if (url.href.includes("#"))',
    replace: "if (false)",
    tests: ["unit/socket/websocket.test.ts"],
  },
  {
    rows: ["P-92"],
    file: "socket/websocket.ts",
    find: "if (!isToken(protocol))",
    replace: "if (false)",
    tests: ["unit/socket/websocket.test.ts"],
  },
  {
    rows: ["P-92"],
    file: "socket/websocket.ts",
    find: "const lower = protocol.toLowerCase();",
    replace: "const lower = protocol;",
    tests: ["unit/socket/websocket.test.ts"],
  },
];

const surfaces: Guard[] = [
  {
    rows: ["P-94"],
    file: "base/close-arguments.ts",
    find: "number !== undefined && !isApplicationCloseCode(number)",
    replace: "false",
    tests: ["unit/base/close-arguments.test.ts"],
  },
  {
    rows: ["P-94"],
    file: "base/close-arguments.ts",
    find: "platform.utf8Length(text) > MAX_REASON_BYTES",
    replace: "text.length > MAX_REASON_BYTES",
    tests: ["unit/base/close-arguments.test.ts"],
  },
  {
    rows: ["P-95", "V-36"],
    file: surface,
    find: "if (this.#readyState > OPEN || carrier === undefined)",
    replace: "if (carrier === undefined)",
    tests: surfaced,
  },
  {
    rows: ["P-96"],
    file: surface,
    find: "this.#undelivered += (this.#carrier?.bufferedBytes ?? 0) + (this.#held?.bytes ?? 0);",
    replace: "",
    tests: surfaced,
  },
  {
    rows: ["P-96"],
    file: "socket/pipe.ts",
    find: "this.#unsentBytes ??= this.#stream.writableLength;",
    replace: "",
    tests: [...standard, "unit/socket/pipe.ending.test.ts"],
  },
  {
    rows: ["P-97"],
    file: surface,
    find: 'if (text === "blob" || text === "arraybuffer") this.#binaryType = text;',
    replace: "this.#binaryType = text as BinaryType;",
    tests: surfaced,
  },
  {
    rows: ["P-98"],
    file: surface,
    find: "if (this.#readyState !== OPEN) return undefined;",
    replace: "",
    tests: [...surfaced, ...standard],
  },
  {
    rows: ["P-99"],
    file: "base/listeners.ts",
    find: "      current.value = value;",
    replace: "      this.setAttribute(target, type, null);\n      this.setAttribute(target, type, value);",
    tests: ["unit/base/listeners.test.ts"],
  },
  {
    rows: ["P-99", "V-35"],
    file: "base/listeners.ts",
    find: "      report(error);",
    replace: "      throw error;",
    tests: ["unit/base/listeners.test.ts"],
  },
  {
    rows: ["P-100"],
    file: surface,
    find: 'if (readers === undefined || this.readyState !== OPEN) return "checkpoint";',
    replace: "if (readers === undefined) return undefined;",
    tests: [...surfaced, ...standard],
  },
  {
    rows: ["P-101"],
    file: dial,
    find: "        driver.start(this.#owner,",
    // A function made from text has no scope around it that would hold what it must not hold.
    replace:
      '        driver.start(new Function("weak", "return { receiveMessage: (data) => weak.deref()?.receiveMessage(data), ' +
      "receivePing() {}, receivePong() {}, receiveClosing() {}, receiveClosed: (outcome) => " +
      'weak.deref()?.receiveClosed(outcome) }")(new WeakRef(this.#owner)),',
    tests: ["unit/socket/websocket.lifetime.test.ts"],
  },
  {
    rows: ["P-102"],
    file: surface,
    find: "this.#readyState = CLOSED;",
    replace: "",
    tests: surfaced,
  },
  {
    rows: ["P-102"],
    file: surface,
    find: "new URL(this.#url).origin",
    replace: "this.#url",
    tests: surfaced,
  },
  {
    rows: ["V-34"],
    file: "base/payload.ts",
    find: "new Uint8Array(data.buffer, data.byteOffset, data.byteLength)",
    replace: "new Uint8Array(data.buffer)",
    tests: ["unit/base/payload.test.ts"],
  },
  {
    rows: ["V-34"],
    file: "base/payload.ts",
    find: "!(data.buffer instanceof ArrayBuffer) && isBrand(lengthOfSharedBuffer, data.buffer)",
    replace: "false",
    tests: ["unit/base/payload.test.ts"],
  },
  {
    rows: ["V-23"],
    file: "socket/pipe.ts",
    find: "if (this.isPaused()) this[ENDED] = true;\n  else this",
    replace: "this",
    tests: ["unit/socket/pipe.ending.test.ts"],
  },
];

export const clientGuards: readonly Guard[] = [...answers, ...dialing, ...surfaces];
