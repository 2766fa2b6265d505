import { expect, test } from "vitest";
import { parseUrl } from "../../../src/base/url.ts";

test("a URL is one, and anything else is none", () => {
  expect(parseUrl("https://app.example:443/a")?.href).toBe("https://app.example/a");
  expect(parseUrl("app.example")).toBeUndefined();
});

test("letters beyond ASCII are none the worse for being asked about often", () => {
  const seen = new Set<string | undefined>();
  for (let count = 0; count < 50_000; count++) seen.add(parseUrl("https://bücher.example/é")?.href);
  expect([...seen]).toEqual(["https://xn--bcher-kva.example/%C3%A9"]);
});
