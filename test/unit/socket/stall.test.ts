import { expect, test } from "vitest";
import { Stall } from "../../../src/socket/stall.ts";

test("V-22 a peer that accepts nothing has 5 s and what its pending bytes take at 16 KiB/s", () => {
  const stall = new Stall(5_000);
  expect(stall.deadline).toBe(Infinity);
  stall.progress(16 * 1024, 1_000);
  expect(stall.deadline).toBe(1_000 + 5_000 + 1_000);
});

test("V-22 more bytes give no more time, fewer do", () => {
  const stall = new Stall(5_000);
  stall.progress(16 * 1024, 1_000);
  stall.progress(64 * 1024, 3_000);
  stall.progress(64 * 1024, 4_000);
  expect(stall.deadline).toBe(7_000);
  stall.progress(32 * 1024, 5_000);
  expect(stall.deadline).toBe(5_000 + 5_000 + 2_000);
});

test("nothing pending is no stall, and the next bytes begin their own time", () => {
  const stall = new Stall(5_000);
  stall.progress(1_024, 1_000);
  stall.progress(0, 2_000);
  expect(stall.deadline).toBe(Infinity);
  stall.progress(16 * 1024, 10_000);
  expect(stall.deadline).toBe(16_000);
});

test("V-22 what is handed over when all before it was accepted has its own time, behind something it has none", () => {
  const stall = new Stall(5_000);
  stall.progress(10, 0);
  stall.begin(10, 4_000);
  stall.progress(20, 4_000);
  expect(stall.deadline).toBe(5_000 + (10 * 1_000) / (16 * 1024));
  stall.begin(0, 4_500);
  stall.progress(20, 4_500);
  expect(stall.deadline).toBeGreaterThan(9_500);
});

test("a timeout of 0 never judges", () => {
  const stall = new Stall(0);
  stall.progress(1e9, 0);
  expect(stall.deadline).toBe(Infinity);
});

test("a reset forgets what was pending", () => {
  const stall = new Stall(5_000);
  stall.progress(64 * 1024, 0);
  stall.reset();
  expect(stall.deadline).toBe(Infinity);
  stall.progress(128 * 1024, 1_000);
  expect(stall.deadline).toBe(1_000 + 5_000 + 8_000);
});
