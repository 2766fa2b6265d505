// What a line hears of its page: sleep told from a clock that was set and from a busy machine, input before deadlines.

import type { Guard } from "./guard.ts";

const sleep = "client/page/sleep.ts";
const slept = ["unit/client/page/sleep.test.ts"];

export const pageGuards: readonly Guard[] = [
  {
    rows: ["F-23"],
    file: sleep,
    find: "Math.max(clock.now() - at, wallNow() - wallAt)",
    replace: "clock.now() - at",
    tests: slept,
  },
  {
    rows: ["F-23"],
    file: "client/page/here.ts",
    find: "if (!life.isAway) owner.receiveWoken();",
    replace: "",
    tests: ["unit/client/page/here.test.ts"],
  },
  {
    rows: ["F-25"],
    file: sleep,
    find: "Math.max(clock.now() - at, wallNow() - wallAt)",
    replace: "Math.abs(wallNow() - wallAt)",
    tests: slept,
  },
  {
    rows: ["F-26"],
    file: sleep,
    find: "lostMs: 20_000,",
    replace: "lostMs: 10_000,",
    tests: slept,
  },
  {
    rows: ["F-26"],
    file: "client/page/clock.ts",
    find: "afterInput(() => {",
    replace: "queueMicrotask(() => {",
    tests: ["unit/client/page/clock.test.ts"],
  },
];
