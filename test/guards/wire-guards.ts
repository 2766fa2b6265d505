// A sample of what the black-box suites of docs/wire notice from outside.

import type { Guard } from "./guard.ts";

const tests = ["wire/wire.test.ts"];

export const wireGuards: readonly Guard[] = [
  {
    rows: ["P-117"],
    file: "session/resume-judge.ts",
    find: 'if (asked.attempt <= session.attempt) return "late";',
    replace: "",
    tests,
  },
  {
    rows: ["I-08"],
    file: "session/resume-judge.ts",
    find: "if (asked.received > session.sent) return GoneReason.unknown;",
    replace: "",
    tests,
  },
];
