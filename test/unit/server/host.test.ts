import { describe, expect, it } from "vitest";
import { hostName, isLocalHost, isLoopback, parseHosts } from "../../../src/server/host.ts";

describe("V-42 the host rule", () => {
  it.each([
    ["127.0.0.1", true],
    ["127.200.1.2", true],
    ["::1", true],
    ["::ffff:127.0.0.1", true],
    ["0.0.0.0", false],
    ["::", false],
    ["10.0.0.1", false],
    ["1270.0.0.1", false],
    ["127.evil", false],
  ])("V-42 %s is a loopback address: %s", (address, is) => {
    expect(isLoopback(address)).toBe(is);
  });

  it.each([
    ["localhost", true],
    ["LocalHost:99", true],
    ["127.0.0.1:8101", true],
    ["127.1", true],
    ["[::1]:8101", true],
    ["[0:0:0:0:0:0:0:1]", true],
    ["app.example:443", true],
    ["APP.example", true],
    ["localhost.", false],
    ["127.0.0.1.evil.example", false],
    ["[::ffff:127.0.0.1]", false],
    ["[::2]", false],
    ["evil.example", false],
    ["user@localhost", false],
    ["localhost/x", false],
    ["localhost evil", false],
    ["localhost:99999", false],
    ["", false],
  ])("V-42 Host %j is served: %s", (host, served) => {
    expect(isLocalHost(host, parseHosts(["App.Example"]))).toBe(served);
  });

  it("refuses hosts that are no names, and lists that are none", () => {
    for (const entry of ["https://app.example", "a/b", "", 5]) {
      expect(() => parseHosts([entry as string])).toThrow(expect.objectContaining({ code: "LW_SERVER_HOSTS" }));
    }
    expect(() => parseHosts("app.example" as never)).toThrow(/expected a list/);
    expect(hostName("Bücher.example:1")).toBe("xn--bcher-kva.example");
  });
});
