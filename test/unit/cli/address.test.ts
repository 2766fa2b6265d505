import { describe, expect, it } from "vitest";
import { authorityOf, dialableAddress, isLoopback } from "../../../src/cli/address.ts";

describe("authorityOf", () => {
  it("puts IPv6 addresses into brackets", () => {
    expect(authorityOf("::1", 80)).toBe("[::1]:80");
    expect(authorityOf("127.0.0.1", 80)).toBe("127.0.0.1:80");
    expect(authorityOf("localhost", 8101)).toBe("localhost:8101");
  });
});

describe("isLoopback", () => {
  it.each(["127.0.0.1", "127.8.9.1", "::1", "localhost"])("is true for %s", (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(["0.0.0.0", "::", "192.168.1.5", "127.0.0.1.evil.example", "128.0.0.1"])("is false for %s", (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe("dialableAddress", () => {
  it.each([
    ["0.0.0.0", "127.0.0.1"],
    ["::", "::1"],
    ["127.0.0.2", "127.0.0.2"],
    ["192.168.1.5", "192.168.1.5"],
  ])("a listener at %s is dialled at %s", (address, host) => {
    expect(dialableAddress({ address, port: 1, secure: true })).toEqual({ host, port: 1, secure: true });
  });

  it("nobody can be dialled who does not listen", () => {
    expect(dialableAddress(undefined)).toBeUndefined();
  });
});
