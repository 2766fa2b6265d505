import { expect, test } from "vitest";
import { type TokenProvider, TokenSource } from "../../../src/client/token-source.ts";
import { FakeClock } from "../../support/fake-clock.ts";

async function take(source: TokenSource): Promise<string> {
  return new Promise((resolve) => {
    source.take(
      (token) => resolve(new TextDecoder().decode(token)),
      (error) => resolve(`failed: ${String(error)}`),
    );
  });
}

test("a text is there at once, and is all there is", () => {
  const source = new TokenSource(new FakeClock(), "abc");
  let taken = "";
  source.take(
    (token) => (taken = new TextDecoder().decode(token)),
    () => {},
  );
  source.drop();
  expect([taken, source.isRenewable]).toEqual(["abc", false]);
});

test("nothing is a token of no bytes", async () => {
  expect(await take(new TokenSource(new FakeClock()))).toBe("");
});

test("what a function gives is kept until it is dropped", async () => {
  let count = 0;
  const source = new TokenSource(new FakeClock(), async () => String(++count));
  expect([await take(source), await take(source), source.isRenewable]).toEqual(["1", "1", true]);
  source.drop();
  expect(await take(source)).toBe("2");
});

test.each<[string, TokenProvider]>([
  ["rejects", () => Promise.reject(new Error("down"))],
  [
    "throws",
    () => {
      throw new Error("down");
    },
  ],
])("a function that %s is asked again next time", async (_, provider) => {
  let calls = 0;
  const source = new TokenSource(new FakeClock(), () => (++calls === 1 ? (provider as () => string)() : "up"));
  expect([await take(source), await take(source)]).toEqual(["failed: Error: down", "up"]);
});

test("a function that takes too long has failed; what it gives later is not taken", async () => {
  const clock = new FakeClock();
  let give = (_token: string): void => {};
  const source = new TokenSource(clock, () => new Promise<string>((resolve) => (give = resolve)), 5_000);
  const told: string[] = [];
  const ask = (): void =>
    source.take(
      (token) => told.push(new TextDecoder().decode(token)),
      (error) => told.push(String(error)),
    );
  ask();
  await clock.advanceAsync(4_999);
  expect(told).toEqual([]);
  await clock.advanceAsync(1);
  const late = give;
  ask();
  late("late");
  await clock.advanceAsync(100);
  give("in time");
  await clock.advanceAsync(100);
  expect([told, clock.pendingCount]).toEqual([["Error: The token did not come in time.", "in time"], 0]);
});
