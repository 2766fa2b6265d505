import { expect, test } from "vitest";
import { normalOrigin, parseUrl } from "../../../src/base/url.ts";

test("a URL is one, and anything else is none", () => {
  expect(parseUrl("https://app.example:443/a")?.href).toBe("https://app.example/a");
  expect(parseUrl("app.example")).toBeUndefined();
});

test("letters beyond ASCII are none the worse for being asked about often", () => {
  const seen = new Set<string | undefined>();
  for (let count = 0; count < 50_000; count++) seen.add(parseUrl("https://bücher.example/é")?.href);
  expect([...seen]).toEqual(["https://xn--bcher-kva.example/%C3%A9"]);
});

test("an origin has one form, as browsers send it; a URL with anything behind it is none", () => {
  expect(normalOrigin("HTTPS://BÜCHER.example:443")).toBe("https://xn--bcher-kva.example");
  expect(normalOrigin("http://[0:0::1]:80")).toBe("http://[::1]");
  expect(normalOrigin("App://Localhost")).toBe("app://localhost");
  for (const text of ["https://app.example/", "https://a@app.example", "app.example", "null", "https://:1"]) {
    expect(normalOrigin(text)).toBeUndefined();
  }
});
