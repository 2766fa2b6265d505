import { describe, expect, test } from "vitest";
import { Interrupted, Patience } from "../../../../src/cli/doctor/patience.ts";

const never = new Promise<never>(() => {});

describe("Patience", () => {
  test("gives what comes, and nothing for what does not come in time", async () => {
    const patience = new Patience(5, new AbortController().signal);
    expect(await patience.within(Promise.resolve("here"))).toBe("here");
    expect(await patience.within(never)).toBeUndefined();
    await expect(patience.within(Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  });

  test("waits until something holds, looking again whenever something has changed", async () => {
    const patience = new Patience(10_000, new AbortController().signal);
    let left = 3;
    expect(
      await patience.until(
        () => left === 0,
        () => Promise.resolve(void left--),
      ),
    ).toBe(true);
    expect(
      await patience.until(
        () => false,
        () => never,
        5,
      ),
    ).toBe(false);
  });

  test("all of it ends at once when it is to end, before a wait and during one", async () => {
    const abort = new AbortController();
    const patience = new Patience(60_000, abort.signal);
    const waiting = patience.within(never);
    const passing = patience.pass(60_000);
    abort.abort();
    await expect(waiting).rejects.toBeInstanceOf(Interrupted);
    await expect(passing).rejects.toBeInstanceOf(Interrupted);
    await expect(patience.within(Promise.resolve(1))).rejects.toBeInstanceOf(Interrupted);
  });

  test("lets go of what it holds, once", () => {
    let closed = 0;
    const patience = new Patience(1, new AbortController().signal);
    patience.hold({ close: () => closed++ });
    patience.hold({ close: () => closed++ });
    patience.closeAll();
    patience.closeAll();
    expect(closed).toBe(2);
  });
});
