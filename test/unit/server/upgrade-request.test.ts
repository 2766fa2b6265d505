import { describe, expect, it } from "vitest";
import { parseTarget, UpgradeRequest } from "../../../src/server/upgrade-request.ts";

const requestFor = (changes: object = {}): UpgradeRequest =>
  new UpgradeRequest({
    target: { path: "/chat/a", search: "?x=1" },
    host: "app.example:81",
    secure: true,
    origin: undefined,
    remoteAddress: "192.0.2.1",
    protocols: ["a"],
    params: { room: "a" },
    rawHeaders: ["Host", "app.example:81", "X-A", "1", "x-a", "2", "__proto__", "plain"],
    ...changes,
  });

describe("the target of a request", () => {
  it.each([
    ["/", "/", ""],
    ["/a/../b?x=/../y", "/b", "?x=/../y"],
    ["/a%2e%2e/b", "/a%2e%2e/b", ""],
    ["/%2e%2e/b", "/b", ""],
    ["//evil.example/x", "//evil.example/x", ""],
    ["/a b?c d", "/a%20b", "?c%20d"],
    ["/a#b", "/a", ""],
    ["http://app.example/a?b", "/a", "?b"],
    ["WSS://app.example", "/", ""],
  ])("of %s is %s with the query %j", (url, path, search) => {
    expect(parseTarget(url)).toEqual({ path, search });
  });

  it.each(["*", "", "app.example:443", "ftp://x/y", "http://", "http://:80:80/"])("of %j is none", (url) => {
    expect(parseTarget(url)).toBeUndefined();
  });
});

describe("the request that hooks see", () => {
  it("has its address as text and in parts", () => {
    const request = requestFor();
    expect(request.href).toBe("wss://app.example:81/chat/a?x=1");
    expect(request.url.searchParams.get("x")).toBe("1");
    expect(request.url).toBe(request.url);
    expect(requestFor({ secure: false, target: { path: "//x/y", search: "" } }).url.host).toBe("app.example:81");
  });

  it("V-31 has headers by name, joined, and takes names of object members as plain text", () => {
    const { headers } = requestFor();
    expect(headers.get("x-a")).toBe("1, 2");
    expect(headers.get("__proto__")).toBe("plain");
    expect(headers.get("constructor")).toBeNull();
  });

  it("has a signal that aborts once it is abandoned, whoever asks first", () => {
    const [early, late] = [requestFor(), requestFor()];
    const { signal } = early;
    const reason = new Error("gone");
    expect(signal.aborted).toBe(false);
    early.abandon(reason);
    early.abandon(new Error("second"));
    late.abandon(reason);
    expect([signal.reason, late.signal.reason]).toEqual([reason, reason]);
  });
});
