import { describe, expect, test } from "vitest";
import { ReceiveWindow, SendCredit, sliceCost, Windows } from "../../../src/channels/credit.ts";

const KiB = 1024;

describe("what may be sent", () => {
  const sliceFor = (credit: number, rest: number): number => {
    const sending = new SendCredit();
    sending.begin(credit);
    return sending.sliceBytes(rest);
  };

  test("a slice is what is left of the message, 16 KiB, or what the credit allows", () => {
    expect(sliceFor(64 * KiB, 5)).toBe(5);
    expect(sliceFor(64 * KiB, 100_000)).toBe(16 * KiB);
    expect(sliceFor(16 * KiB, 100_000)).toBe(16 * KiB - 128);
  });

  test("I-13 it waits while there is not credit for 1 KiB or the rest, never for a full slice", () => {
    expect(sliceFor(KiB + 127, 100_000)).toBe(-1);
    expect(sliceFor(KiB + 128, 100_000)).toBe(KiB);
    expect(sliceFor(132, 5)).toBe(-1);
    expect(sliceFor(133, 5)).toBe(5);
    expect(sliceFor(127, 0)).toBe(-1);
    expect(sliceFor(128, 0)).toBe(0);
  });

  test("V-61 a credit of 0, or a sum past 2 to the 31st, is the peer's fault; a first credit may be 0", () => {
    const sending = new SendCredit();
    expect(sending.begin(0)).toBeUndefined();
    expect(sending.grant(0)).toMatchObject({ code: "LW_CHANNEL_CREDIT_INVALID" });
    expect(sending.grant(2 ** 31)).toBeUndefined();
    expect(sending.grant(1)).toMatchObject({ code: "LW_CHANNEL_CREDIT_INVALID" });
    sending.spend(1);
    expect(sending.grant(1)).toBeUndefined();
    expect(new SendCredit().begin(2 ** 31 + 1)).toMatchObject({ code: "LW_CHANNEL_CREDIT_INVALID" });
  });
});

describe("what may arrive", () => {
  test("I-12 a slice costs its bytes and 128", () => {
    expect([sliceCost(0), sliceCost(100)]).toEqual([128, 228]);
  });

  test("the window and no more; credit comes back once a quarter of it was consumed", () => {
    const window = new ReceiveWindow(1_000);
    expect(window.spend(600)).toBe(true);
    expect(window.spend(401)).toBe(false);
    expect(window.spend(400)).toBe(true);
    window.free(249);
    expect(window.isCreditDue).toBe(false);
    window.free(1);
    expect(window.isCreditDue).toBe(true);
    expect(window.grant()).toBe(250);
    expect([window.unspent, window.unconsumed, window.isCreditDue]).toEqual([250, 750, false]);
  });

  test("credit is conserved: granted is unspent, unconsumed or consumed", () => {
    const window = new ReceiveWindow(1_000);
    let granted = 1_000;
    let consumed = 0;
    for (let round = 0; round < 100; round++) {
      while (window.spend(130));
      const cost = Math.min(window.unconsumed, 130 * (1 + (round % 7)));
      window.free(cost);
      consumed += cost;
      if (window.isCreditDue) granted += window.grant();
      expect(granted).toBe(window.unspent + window.unconsumed + consumed);
      expect(window.unspent + window.unconsumed).toBeLessThanOrEqual(1_000);
    }
  });

  test("a smaller size takes effect as the window is used", () => {
    const window = new ReceiveWindow(1_000);
    window.windowBytes = 400;
    window.spend(600);
    window.free(600);
    expect(window.isCreditDue).toBe(false);
    window.spend(200);
    window.free(200);
    expect(window.grant()).toBe(200);
  });
});

describe("P-123 the windows of a session", () => {
  test("P-123 are 64 KiB while the credit lasts, then 16 KiB, and what is over is taken back from the larger ones", () => {
    const windows = new Windows(1024 * KiB);
    const sizes = Array.from({ length: 64 }, () => windows.open());
    expect(sizes.slice(0, 16)).toEqual(Array.from({ length: 16 }, () => 64 * KiB));
    expect(sizes.slice(16)).toEqual(Array.from({ length: 48 }, () => 16 * KiB));
    const settled = sizes.map((size) => windows.adjust(size, true));
    expect(windows.total).toBe(1024 * KiB);
    expect(settled.reduce((sum, size) => sum + size, 0)).toBe(1024 * KiB);
    expect(Math.min(...settled)).toBe(16 * KiB);
    for (const size of settled) windows.close(size);
    expect(windows.total).toBe(0);
  });

  test("P-123 a window doubles while the credit and 256 KiB allow, if it slows its sender down", () => {
    const windows = new Windows(300 * KiB);
    const first = windows.open();
    expect(windows.adjust(first, false)).toBe(64 * KiB);
    expect(windows.adjust(first, true)).toBe(128 * KiB);
    expect(windows.adjust(128 * KiB, true)).toBe(256 * KiB);
    expect(windows.adjust(256 * KiB, true)).toBe(256 * KiB);
    const second = windows.open();
    expect(second).toBe(16 * KiB);
    expect(windows.adjust(second, true)).toBe(32 * KiB);
    expect(windows.adjust(32 * KiB, true)).toBe(44 * KiB);
    expect(windows.total).toBe(300 * KiB);
  });
});
