// The guards of packs: what goes together, how much of it, and what is no pack.

import type { Guard } from "./guard.ts";

const unit = (name: string): readonly string[] => [`unit/session/${name}.test.ts`];

export const packGuards: readonly Guard[] = [
  {
    rows: ["I-12"],
    file: "session/attachment.ts",
    find: "const hasRoom = link.pendingBytes + bytes <",
    replace: "const hasRoom = link.pendingBytes <",
    tests: unit("attachment.pack"),
  },
  {
    rows: ["I-13"],
    file: "session/attachment.ts",
    find: "if (packet === undefined && (hasRoom || bytes === 0)) return;",
    replace: "if (packet === undefined) return;",
    tests: unit("attachment.pack"),
  },
  {
    rows: ["V-21"],
    file: "session/attachment.ts",
    find: "if (goesAlone || bytes >= PACK_BYTES) {",
    replace: "if (goesAlone) {",
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
];
