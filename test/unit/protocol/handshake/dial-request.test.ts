import { describe, expect, test } from "vitest";
import { LocalError } from "../../../../src/base/errors.ts";
import { resolveLimits } from "../../../../src/base/limits.ts";
import { formatDialRequest } from "../../../../src/protocol/handshake/dial-request.ts";
import { judgeUpgrade } from "../../../../src/protocol/handshake/upgrade-request.ts";
import { parseWebSocketUrl } from "../../../../src/protocol/handshake/websocket-url.ts";
import { sampleKey } from "../../../support/upgrade-head.ts";

const url = parseWebSocketUrl("ws://example.com:8101/chat?room=1");
const key = sampleKey;

test("§4.1 the request has exactly the lines of the handshake, in this order", () => {
  expect(formatDialRequest({ url, key })).toBe(
    "GET /chat?room=1 HTTP/1.1\r\n" +
      "Host: example.com:8101\r\n" +
      "Upgrade: websocket\r\n" +
      "Connection: Upgrade\r\n" +
      `Sec-WebSocket-Key: ${key}\r\n` +
      "Sec-WebSocket-Version: 13\r\n\r\n",
  );
});

test("subprotocols stand in the caller's order, then the caller's headers", () => {
  const headers = new Map([
    ["Origin", "https://example.com"],
    ["Cookie", "a=\u00e9"],
  ]);
  const lines = formatDialRequest({ url, key, protocols: ["b", "a"], headers }).split("\r\n");
  expect(lines.slice(6)).toEqual([
    "Sec-WebSocket-Protocol: b, a",
    "Origin: https://example.com",
    "Cookie: a=\u00e9",
    "",
    "",
  ]);
});

test("our own server accepts what our client writes", () => {
  const text = formatDialRequest({ url, key, protocols: ["a", "b"], headers: [["Origin", "http://x"]] });
  const [, ...lines] = text.trimEnd().split("\r\n");
  const rawHeaders = lines.flatMap((line) => line.split(": ", 2));
  const head = { method: "GET", httpVersion: "1.1", url: "/chat", rawHeaders };
  expect(judgeUpgrade(head, resolveLimits())).toEqual({
    key,
    host: "example.com:8101",
    origin: "http://x",
    protocols: ["a", "b"],
    extensions: [],
  });
});

test("P-91 credentials of the URL become Authorization, and are nowhere else in the request", () => {
  const text = formatDialRequest({ url: parseWebSocketUrl("ws://us%20er:pa%3Ass@example.com/"), key });
  expect(text).toContain(`Authorization: Basic ${btoa("us er:pa:ss")}\r\n`);
  expect(text).toContain("Host: example.com\r\n");
  expect(text).not.toContain("pa%3Ass");
});

test("P-91 an Authorization of the caller's stands instead of the URL's credentials", () => {
  const text = formatDialRequest({
    url: parseWebSocketUrl("ws://user:pass@example.com/"),
    key,
    headers: [["authorization", "Bearer x"]],
  });
  expect(text.match(/^authorization:/gim)).toHaveLength(1);
  expect(text).toContain("authorization: Bearer x\r\n");
});

describe("V-44 before the first byte", () => {
  const bad = ["a\r\nX: y", "a\nb", "a\rb", "a\0b", "\u010d", "\x85"];

  test.each(bad)("V-44 %j in a header's value is refused", (text) => {
    expect(() => formatDialRequest({ url, key, headers: [["X-A", text]] })).toThrow(LocalError);
  });

  test.each([...bad, "", "a b", "a:"])("V-44 %j as a header's name is refused", (text) => {
    expect(() => formatDialRequest({ url, key, headers: [[text, "a"]] })).toThrow(LocalError);
  });

  test.each([...bad, "", "a b", "a,b", "é"])("V-44 %j as a subprotocol is refused", (text) => {
    expect(() => formatDialRequest({ url, key, protocols: [text] })).toThrow(
      expect.objectContaining({ code: "LW_PROTOCOL_SUBPROTOCOL_INVALID" }),
    );
  });

  test("V-44 a subprotocol that stands twice is refused", () => {
    expect(() => formatDialRequest({ url, key, protocols: ["a", "a"] })).toThrow(LocalError);
  });

  test.each([...bad, "a b", ""])("V-44 %j in a path or host is refused", (text) => {
    expect(() => formatDialRequest({ url: { ...url, path: text === "" ? "" : `/${text}` }, key })).toThrow(LocalError);
    expect(() => formatDialRequest({ url: { ...url, authority: text }, key })).toThrow(LocalError);
  });

  test.each(bad)("V-44 the URL parser itself leaves nothing of %j to cut a line at", (text) => {
    const parsed = parseWebSocketUrl(`ws://example.com/a?b=${text}`);
    const lines = formatDialRequest({ url: parsed, key }).split(/[\r\n\0\x85]+/);
    expect(lines).toHaveLength(7);
  });

  test("V-44 credentials made by hand cannot end the line", () => {
    expect(() => formatDialRequest({ url: { ...url, authorization: "Basic a\r\nX: y" }, key })).toThrow(LocalError);
  });

  test("a key that is none is refused", () => {
    expect(() => formatDialRequest({ url, key: "short" })).toThrow(LocalError);
  });

  test.each([
    "Host",
    "upgrade",
    "Connection",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Extensions",
  ])("the caller cannot set %s", (name) => {
    expect(() => formatDialRequest({ url, key, headers: [[name, "x"]] })).toThrow(
      expect.objectContaining({ code: "LW_PROTOCOL_HEADER_RESERVED" }),
    );
  });
});
