import { describe, expect, it } from "vitest";
import { headerValues, viewClient } from "../../../src/server/client-view.ts";

const socket = { remoteAddress: "::ffff:192.0.2.7" };

describe("the view of a client", () => {
  it("believes no header without a trusted proxy", () => {
    const headers = ["Host", "a", "X-Forwarded-For", "1.2.3.4", "X-Forwarded-Host", "b", "X-Forwarded-Proto", "https"];
    expect(viewClient(socket, headers, 0)).toEqual({ remoteAddress: "192.0.2.7", host: "a", secure: undefined });
    expect(viewClient({ ...socket, encrypted: true }, headers, 0).secure).toBe(true);
  });

  it.each([
    [1, "203.0.113.2", "front.example", true],
    [2, "203.0.113.1", "client.example", false],
    [9, "6.6.6.6", "client.example", false],
  ])("behind %i proxies takes the entry that the outermost added", (count, remoteAddress, host, secure) => {
    const headers = [
      "Host",
      "inner",
      "X-Forwarded-For",
      "6.6.6.6, 203.0.113.1",
      "x-forwarded-for",
      "203.0.113.2",
      "X-Forwarded-Host",
      "client.example, front.example",
      "X-Forwarded-Proto",
      "http, https",
    ];
    expect(viewClient(socket, headers, count)).toEqual({ remoteAddress, host, secure });
  });

  it.each([
    ["192.0.2.1:4711", "192.0.2.1"],
    ["[2001:db8::1]:4711", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["2001:db8::1", "2001:db8::1"],
    ["unknown", "192.0.2.7"],
    ["<script>", "192.0.2.7"],
    ["", "192.0.2.7"],
  ])("reads the address %j as %s", (entry, address) => {
    expect(viewClient(socket, ["X-Forwarded-For", entry], 1).remoteAddress).toBe(address);
  });

  it("falls back on the connection itself where the proxy says nothing", () => {
    expect(viewClient({ encrypted: true }, ["Host", "a"], 1)).toEqual({ remoteAddress: "", host: "a", secure: true });
  });

  it("finds every header of a name, whatever its case", () => {
    expect(headerValues(["A", "1", "b", "2", "a", "3", "odd"], "a")).toEqual(["1", "3"]);
  });
});
