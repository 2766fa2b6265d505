// The guards against what networks and machines do, seen in virtual time by whole clients and servers.

import type { Guard } from "./guard.ts";

const faults = ["integration/line-faults.test.ts"];

export const faultGuards: readonly Guard[] = [
  {
    // A session that nobody comes back for is let go.
    rows: ["F-18", "F-21"],
    file: "session/lease.ts",
    find: "if (isConfirmed) this.#forgetAt = now + this.#settings.windowMs;",
    replace: "",
    tests: faults,
  },
  {
    // What was sent into the hole comes again.
    rows: ["F-18", "F-24"],
    file: "session/server-session.ts",
    find: "this.#attach(attachment, from, this",
    replace: "this.#attach(attachment, this.#ledger.outbox.last + 1, this",
    tests: faults,
  },
  {
    rows: ["V-22"],
    file: "socket/stall.ts",
    find: "if (handedBytes === 0) this.progress(0, now);",
    replace: "",
    tests: ["unit/socket/driver.stream.test.ts"],
  },
  {
    rows: ["F-30"],
    file: "socket/stall.ts",
    find: "this.progress(pendingBytes, now);",
    replace: "",
    tests: faults,
  },
  {
    rows: ["F-22"],
    file: "session/server-session.ts",
    find: 'if (attachment.isLink) attachment.close(1006, "Nothing came for too long.");\n      this.#park(attachment);',
    // Without a drop it would be asked again at once, for ever: it is not asked any more.
    replace: "this.#heartbeat.stop();",
    tests: faults,
  },
  {
    rows: ["F-22"],
    file: "session/client-session.ts",
    find: "if (now >= this.#watch.wakeAt(attachment.receivedAt)) {",
    replace: "if (attachment === undefined) {",
    tests: faults,
  },
  {
    rows: ["F-23"],
    file: "channels/mobile-channel.ts",
    find: "const isGap = this.#isGap;",
    replace: "const isGap = false;",
    tests: faults,
  },
  {
    rows: ["F-24"],
    file: "channels/channel.ts",
    find: "if (!this.outward.isRefused) return false;",
    replace: "if (this.id > 0) return false;",
    tests: faults,
  },
  {
    rows: ["F-25", "I-21"],
    file: "session/registry.ts",
    find: "return Math.floor(this.#options.clock.now());",
    replace: "return Date.now();",
    tests: faults,
  },
  {
    rows: ["F-31"],
    file: "session/client-session.ts",
    find: "this.#options.owner.receiveCut(code, reason);",
    replace: "",
    tests: faults,
  },
  {
    // The server may not know yet that the last transport is gone.
    rows: ["F-41", "F-42", "F-44"],
    file: "session/resume-judge.ts",
    find: "if (session === undefined || claims",
    replace: 'if (session === undefined || session.state !== "parked" || claims',
    tests: faults,
  },
  {
    // Whatever comes is a sign of life.
    rows: ["F-19"],
    file: "session/attachment.ts",
    find: "this.receivedAt = now ?? this.#host.now();",
    replace: "",
    tests: faults,
  },
  {
    rows: ["P-120", "I-14"],
    file: "client/approach.ts",
    find: "this.#dial?.close();\n    this.#dial = undefined;",
    replace: "this.#dial = undefined;",
    tests: faults,
  },
  {
    rows: ["F-39", "P-119"],
    file: "client/ladder.ts",
    find: 'return this.#usable.includes("websocket") && ',
    replace: "return this.#usable.length === 0 && ",
    tests: ["unit/client/connector.test.ts", ...faults],
  },
  {
    rows: ["P-113"],
    file: "transports/http/server-answer.ts",
    find: '"x-accel-buffering": "no",',
    replace: "",
    tests: ["unit/transports/http/server-answer.test.ts"],
  },
  {
    rows: ["I-01"],
    file: "session/arrival.ts",
    find: "envelope: bytes.slice(start, end)",
    replace: "envelope: bytes.subarray(start, end)",
    tests: ["unit/session/arrival.test.ts"],
  },
  {
    // Whoever takes chance from elsewhere makes every run another one.
    rows: ["I-22"],
    file: "session/heartbeat.ts",
    find: "0.2 * fraction",
    replace: "0.2 * Math.random()",
    tests: ["simulation/moves.test.ts"],
  },
];
