// The guards of packs: what goes together, how much of it, and what is no pack.

import type { Guard } from "./guard.ts";

const unit = (...names: string[]): string[] => names.map((name) => `unit/session/${name}.test.ts`);

export const packGuards: readonly Guard[] = [
  {
    rows: ["I-12"],
    file: "session/attachment.ts",
    find: "? room : 0);",
    replace: "? Infinity : 0);",
    tests: unit("attachment.pack"),
  },
  {
    rows: ["I-13"],
    file: "session/attachment.ts",
    find: "isMore = ledger.pull(",
    replace: "isMore = false;\n        ledger.pull(",
    tests: unit("attachment.pack"),
  },
  {
    rows: ["V-21"],
    file: "session/ledger.ts",
    find: "const wanted = Math.min(bytes, PACK_BYTES);",
    replace: "const wanted = bytes;",
    tests: unit("attachment.pack"),
  },
  {
    rows: ["V-33"],
    file: "session/attachment.ts",
    find: "if (!isPack) this.#host.fail(this, violations.packetMalformed);",
    replace: "",
    tests: unit("attachment.pack"),
  },
  {
    rows: ["V-21"],
    file: "session/pack.ts",
    find: "if (pack.length > MAX_PACKET_BYTES) return false;",
    replace: "",
    tests: unit("pack"),
  },
  {
    rows: ["V-21"],
    file: "session/pack.ts",
    find: "if (length === 0 || length > MOST_LENGTH || !cursor.skip(length)) return false;",
    replace: "if (length === 0 || length > MOST_LENGTH) return false; else if (!cursor.skip(length)) return true;",
    tests: unit("pack"),
  },
  {
    rows: ["I-04"],
    file: "session/attachment.ts",
    find: "if (ledger === undefined || !this.#isOpen || this.#isPumping || this.#isReading) return;",
    replace: "if (ledger === undefined || !this.#isOpen || this.#isPumping) return;",
    tests: unit("attachment.pack"),
  },
  {
    rows: ["I-13"],
    file: "session/attachment.ts",
    find: "if (this.#isPumpDue) this.pump();",
    replace: "",
    tests: unit("attachment.pack"),
  },
  {
    rows: ["I-02"],
    file: "session/outbox.ts",
    find: "return isWhole(message, at) ? message :",
    replace: "return at >= 0 ? message :",
    tests: unit("outbox", "attachment.pack"),
  },
  {
    rows: ["I-12"],
    file: "session/outbox.ts",
    find: "first.cost -= cost;",
    replace: "",
    tests: unit("outbox"),
  },
  {
    rows: ["I-01"],
    file: "session/ledger.ts",
    find: "idleWriter = undefined;",
    replace: "idleWriter = writer;",
    tests: unit("ledger"),
  },
];
