import { expect, test } from "vitest";
import { TokenRenewal } from "../../../src/client/token-renewal.ts";
import { TokenSource } from "../../../src/client/token-source.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

function begin(expiresAt: number, source: TokenSource): { clock: FakeClock; renewal: TokenRenewal; shown: string[] } {
  const clock = new FakeClock(0);
  const shown: string[] = [];
  const session = { expiresAt, authenticate: (token: Uint8Array) => shown.push(new TextDecoder().decode(token)) };
  return { clock, shown, renewal: new TokenRenewal(session, source, clock, new SeededRandom(1)) };
}

test("V-52 a new token is shown at 80 % of the old one's time", async () => {
  let count = 0;
  const { clock, renewal, shown } = begin(100_000, new TokenSource(new FakeClock(), () => String(++count)));
  renewal.plan();
  await clock.advanceAsync(79_999);
  expect(shown).toEqual([]);
  await clock.advanceAsync(1);
  expect(shown).toEqual(["1"]);
});

test("one that does not lapse, or cannot be renewed, is left alone", () => {
  for (const [expiresAt, source] of [
    [Infinity, new TokenSource(new FakeClock(), () => "x")],
    [100_000, new TokenSource(new FakeClock(), "x")],
  ] as const) {
    const { clock, renewal } = begin(expiresAt, source);
    renewal.plan();
    expect(clock.pendingCount).toBe(0);
  }
});

test("a provider that fails, and a token that is refused, are tried again; stopping ends it", async () => {
  let calls = 0;
  const { clock, renewal, shown } = begin(
    100_000,
    new TokenSource(new FakeClock(), () => (++calls < 3 ? Promise.reject(new Error("no")) : String(calls))),
  );
  renewal.plan();
  await clock.advanceAsync(90_000);
  expect(shown).toEqual(["3"]);
  renewal.receiveAuthed(4401);
  await clock.advanceAsync(10_000);
  expect(shown).toEqual(["3", "4"]);
  renewal.receiveAuthed(0);
  renewal.stop();
  expect(clock.pendingCount).toBe(0);
});

test("an AUTH whose answer is lost is repeated", async () => {
  let count = 0;
  const { clock, renewal, shown } = begin(100_000, new TokenSource(new FakeClock(), () => String(++count)));
  renewal.plan();
  await clock.advanceAsync(80_000);
  expect(shown).toEqual(["1"]);
  await clock.advanceAsync(15_000);
  expect(shown).toEqual(["1", "2"]);
  renewal.receiveAuthed(4401);
  renewal.receiveAuthed(4401);
  renewal.stop();
  expect(clock.pendingCount).toBe(0);
});

test("a token that comes, or fails to, after it was stopped sets nothing going", async () => {
  for (const isGood of [true, false]) {
    let settle = (): void => {};
    const source = new TokenSource(
      new FakeClock(),
      () => new Promise((resolve, reject) => (settle = () => (isGood ? resolve("late") : reject(new Error("no"))))),
    );
    const { clock, renewal, shown } = begin(100_000, source);
    renewal.plan();
    await clock.advanceAsync(80_000);
    renewal.stop();
    settle();
    await clock.advanceAsync(60_000);
    expect([shown, clock.pendingCount]).toEqual([[], 0]);
  }
});
