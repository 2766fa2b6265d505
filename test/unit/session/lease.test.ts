import { expect, test } from "vitest";
import { Lease } from "../../../src/session/lease.ts";
import { defaultSettings } from "../../../src/session/settings.ts";

const lease = () => new Lease({ ...defaultSettings, orphanMs: 15, windowMs: 120, authGraceMs: 30, requestGapMs: 35 });

test("it has no end until something is said", () => {
  expect([lease().endsAt, lease().judge(1e12)]).toEqual([Infinity, undefined]);
});

test("an orphan is forgotten, and parking or attaching it gives it no more time", () => {
  const orphan = lease();
  orphan.welcome(100);
  orphan.park(false, 110);
  orphan.attach(false);
  expect([orphan.endsAt, orphan.judge(114), orphan.judge(115)]).toEqual([115, undefined, "forgotten"]);
});

test("F-38 a resume stops the window, and the next park begins it anew", () => {
  const parked = lease();
  parked.welcome(0);
  parked.attach(true);
  parked.park(true, 100);
  expect(parked.endsAt).toBe(220);
  parked.attach(true);
  expect(parked.endsAt).toBe(Infinity);
  parked.park(true, 300);
  expect([parked.judge(419), parked.judge(420)]).toEqual([undefined, "forgotten"]);
});

test("V-52 an admission lapses with its grace, a renewed one later, one without an end never", () => {
  const admitted = lease();
  admitted.admit(1, 0);
  expect([admitted.judge(1_029), admitted.judge(1_030)]).toEqual([undefined, "admission"]);
  admitted.admit(1, 500);
  expect(admitted.endsAt).toBe(1_530);
  admitted.admit(0, 600);
  expect(admitted.endsAt).toBe(Infinity);
});

test("what is over ends no more, but for its last word", () => {
  const over = lease();
  over.welcome(0);
  over.admit(1, 0);
  over.end();
  expect(over.endsAt).toBe(Infinity);
  over.linger(100);
  expect([over.endsAt, over.judge(135)]).toEqual([135, "forgotten"]);
});
