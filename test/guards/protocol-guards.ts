// The guards of the protocol floor: what is refused, bounded or kept exact between bytes and messages.

import type { Guard } from "./guard.ts";

const check = "protocol/frame-check.ts";
const checked = ["unit/protocol/frame-check.test.ts", "conformance/rfc6455.test.ts"];

export const protocolGuards: readonly Guard[] = [
  {
    rows: ["P-31"],
    file: check,
    find: "if (!header.masked) return violations.maskMissing;",
    replace: "",
    tests: checked,
  },
  {
    rows: ["P-37"],
    file: check,
    find: "if (!header.minimal && !context.lenientLength) return violations.lengthNotMinimal;",
    replace: "",
    tests: checked,
  },
];
