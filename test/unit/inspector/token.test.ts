import { expect, it } from "vitest";
import { createToken, isSameToken } from "../../../src/inspector/token.ts";

it("V-42 a token has 128 random bits, and no two are the same", () => {
  const tokens = Array.from({ length: 100 }, createToken);
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) expect(Buffer.from(token, "base64url")).toHaveLength(16);
});

it("V-42 only the same token is the same", () => {
  const token = createToken();
  expect(isSameToken(token, token)).toBe(true);
  for (const other of ["", token.slice(1), `${token}x`, createToken(), undefined, null, 7, [token]]) {
    expect(isSameToken(token, other)).toBe(false);
  }
});
