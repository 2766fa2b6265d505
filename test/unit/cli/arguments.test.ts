import { describe, expect, it } from "vitest";
import {
  collect,
  parseByteCount,
  parseHeader,
  parseOrigin,
  parsePingSeconds,
  parsePort,
  parseSocketUrl,
} from "../../../src/cli/arguments.ts";

describe("parsePort", () => {
  it("takes 0 to 65535", () => {
    expect([parsePort("0"), parsePort("8101"), parsePort("65535")]).toEqual([0, 8101, 65_535]);
  });

  it.each(["", "65536", "-1", "80.5", "0x50", "1e3", " 80", "http", "99999999999"])("refuses %j", (text) => {
    expect(() => parsePort(text)).toThrow("Expected a port: 0 to 65535");
  });
});

describe("parseByteCount", () => {
  it("takes bytes, KiB and MiB", () => {
    expect([parseByteCount("16777216"), parseByteCount("64KiB"), parseByteCount("16 mib")]).toEqual([
      16_777_216, 65_536, 16_777_216,
    ]);
  });

  it.each(["0", "", "-5", "1.5", "1GB", "1e6", "536870889", "999999999999"])("refuses %j", (text) => {
    expect(() => parseByteCount(text)).toThrow("Expected bytes from 1 to 536870888");
  });
});

describe("parsePingSeconds", () => {
  it("takes whole and broken seconds", () => {
    expect([parsePingSeconds("5"), parsePingSeconds("0.5")]).toEqual([5, 0.5]);
  });

  it.each(["0", "-1", "abc", "1e9", "", "90000", "Infinity"])("refuses %j", (text) => {
    expect(() => parsePingSeconds(text)).toThrow("Expected seconds from 0.1 to 86400");
  });
});

describe("parseHeader", () => {
  it("splits at the first colon and trims the value", () => {
    expect(parseHeader("X-Time:  12:30 ")).toEqual(["X-Time", "12:30"]);
  });

  it("takes an empty value", () => {
    expect(parseHeader("X-Empty:")).toEqual(["X-Empty", ""]);
  });

  it.each(["no colon", ": value", "Bad Name: x", "Näme: x", ""])("refuses %j for its name", (text) => {
    expect(() => parseHeader(text)).toThrow("Expected 'Name: value'");
  });

  it.each(["A: b\r\nEvil: c", "A: b\nc", "A: \0", "A: 日本"])("V-44 refuses %j for its value", (text) => {
    expect(() => parseHeader(text)).toThrow("A header value has no line breaks");
  });
});

describe("parseOrigin", () => {
  it("writes an origin as browsers do", () => {
    expect(parseOrigin("HTTPS://App.Example:443")).toBe("https://app.example");
    expect(parseOrigin("http://localhost:3000/")).toBe("http://localhost:3000");
    expect(parseOrigin("capacitor://localhost")).toBe("capacitor://localhost");
  });

  it.each(["app.example", "https://app.example/path", "https://a.example?x", "null", "*", "https://u@app.example"])(
    "refuses %j",
    (text) => {
      expect(() => parseOrigin(text)).toThrow("Expected an origin such as");
    },
  );
});

describe("parseSocketUrl", () => {
  it("takes ws and wss, and http and https for them", () => {
    expect(parseSocketUrl("ws://host/a?b=c")).toBe("ws://host/a?b=c");
    expect(parseSocketUrl("https://host")).toBe("wss://host/");
  });

  it.each([
    ["localhost:9001", "ws://localhost:9001/"],
    ["127.0.0.1:9001/feed", "ws://127.0.0.1:9001/feed"],
    ["example.com", "ws://example.com/"],
  ])("suggests an address for %j", (text, guess) => {
    expect(() => parseSocketUrl(text)).toThrow(`Did you mean ${guess}?`);
  });

  it.each(["ftp://host/", "ws://", "file:///etc/passwd", ""])("refuses %j without guessing", (text) => {
    expect(() => parseSocketUrl(text)).toThrow(/Expected a WebSocket address such as ws:[^?]*$/);
  });

  it.each(["ws://host/#part", "ws://host/#"])("refuses the fragment of %j", (text) => {
    expect(() => parseSocketUrl(text)).toThrow("no fragment");
  });

  it("refuses port 0", () => {
    expect(() => parseSocketUrl("ws://host:0/")).toThrow("Port 0");
  });
});

describe("collect", () => {
  it("gathers the values of a repeated option in order", () => {
    const add = collect(parsePort);
    expect(add("2", add("1"))).toEqual([1, 2]);
  });
});
