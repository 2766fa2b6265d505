import { expect, test } from "vitest";
import { type TokenProvider, TokenSource } from "../../../src/client/token-source.ts";

async function take(source: TokenSource): Promise<string> {
  return new Promise((resolve) => {
    source.take(
      (token) => resolve(new TextDecoder().decode(token)),
      (error) => resolve(`failed: ${String(error)}`),
    );
  });
}

test("a text is there at once, and is all there is", () => {
  const source = new TokenSource("abc");
  let taken = "";
  source.take(
    (token) => (taken = new TextDecoder().decode(token)),
    () => {},
  );
  source.drop();
  expect([taken, source.isRenewable]).toEqual(["abc", false]);
});

test("nothing is a token of no bytes", async () => {
  expect(await take(new TokenSource())).toBe("");
});

test("what a function gives is kept until it is dropped", async () => {
  let count = 0;
  const source = new TokenSource(async () => String(++count));
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
  const source = new TokenSource(() => (++calls === 1 ? (provider as () => string)() : "up"));
  expect([await take(source), await take(source)]).toEqual(["failed: Error: down", "up"]);
});
