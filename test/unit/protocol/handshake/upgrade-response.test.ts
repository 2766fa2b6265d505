import { describe, expect, test } from "vitest";
import { LocalError } from "../../../../src/base/errors.ts";
import type { Refusal, UpgradeOffer } from "../../../../src/protocol/handshake/upgrade-request.ts";
import { formatRefusal, formatUpgradeResponse } from "../../../../src/protocol/handshake/upgrade-response.ts";
import { sampleAccept, sampleKey } from "../../../support/upgrade-head.ts";

const offer: UpgradeOffer = {
  key: sampleKey,
  protocols: ["chat.v2", "token-s3cr3t"],
  extensions: [{ name: "permessage-deflate", parameters: [] }],
  origin: undefined,
  host: "example.com",
};

const refusal: Refusal = {
  status: 403,
  headers: {},
  message: "Not from this origin.",
  code: "LW_SERVER_ORIGIN",
};

const badTexts = ["a\r\nX: y", "a\nb", "a\rb", "a\0b", "\u010d", "\x85"];

describe("101", () => {
  test("§4.2.2 has exactly the lines of the handshake", () => {
    expect(formatUpgradeResponse(offer)).toBe(
      "HTTP/1.1 101 Switching Protocols\r\n" +
        "Upgrade: websocket\r\n" +
        "Connection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${sampleAccept}\r\n\r\n`,
    );
  });

  test("P-10 P-12 V-63 nothing that was only offered is repeated", () => {
    const text = formatUpgradeResponse(offer);
    expect(text).not.toContain("s3cr3t");
    expect(text).not.toMatch(/Sec-WebSocket-(Protocol|Extensions)/i);
    expect(formatUpgradeResponse(offer, { protocol: "chat.v2" })).not.toContain("s3cr3t");
  });

  test("has the chosen subprotocol, the agreed extensions and further headers", () => {
    const headers: [string, string][] = [
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
    ];
    const lines = formatUpgradeResponse(offer, { protocol: "chat.v2", extensions: "x; y=1", headers }).split("\r\n");
    expect(lines.slice(4)).toEqual([
      "Sec-WebSocket-Protocol: chat.v2",
      "Sec-WebSocket-Extensions: x; y=1",
      "Set-Cookie: a=1",
      "Set-Cookie: b=2",
      "",
      "",
    ]);
  });

  test("an empty text of extensions means none", () => {
    expect(formatUpgradeResponse(offer, { extensions: "" })).not.toContain("Extensions");
  });

  test.each(["chat.v1", "Chat.v2", "", "chat.v2\r\nX: y", "chat.v2, token-s3cr3t"])(
    "P-09 the subprotocol %j was not offered and is never sent",
    (protocol) => {
      const attempt = (): string => formatUpgradeResponse(offer, { protocol });
      expect(attempt).toThrow(expect.objectContaining({ code: "LW_PROTOCOL_SUBPROTOCOL_NOT_OFFERED" }));
      expect(attempt).toThrow(LocalError);
    },
  );

  test.each(badTexts)("V-44 a header with %j is refused before anything is written", (text) => {
    expect(() => formatUpgradeResponse(offer, { headers: [["X-A", text]] })).toThrow(LocalError);
    expect(() => formatUpgradeResponse(offer, { headers: [[text, "a"]] })).toThrow(LocalError);
    expect(() => formatUpgradeResponse(offer, { extensions: text })).toThrow(LocalError);
  });

  test.each(["Upgrade", "connection", "Sec-WebSocket-Accept", "sec-websocket-protocol", "Content-Length"])(
    "a caller cannot write %s",
    (name) => {
      expect(() => formatUpgradeResponse(offer, { headers: [[name, "x"]] })).toThrow(LocalError);
    },
  );
});

describe("a refusal", () => {
  test("V-48 is a whole answer that closes and counts its bytes", () => {
    expect(formatRefusal(refusal)).toBe(
      "HTTP/1.1 403 Forbidden\r\n" +
        "Content-Type: text/plain; charset=utf-8\r\n" +
        "Connection: close\r\n" +
        "Content-Length: 21\r\n\r\n" +
        "Not from this origin.",
    );
  });

  test("P-05 V-48 a 426 names the protocol to upgrade to, and closes all the same", () => {
    const lines = formatRefusal({ ...refusal, status: 426, headers: { Upgrade: "websocket" } }).split("\r\n");
    expect(lines[0]).toBe("HTTP/1.1 426 Upgrade Required");
    expect(lines).toContain("Upgrade: websocket");
    expect(lines).toContain("Connection: Upgrade, close");
  });

  test("V-48 Content-Length counts UTF-8 bytes", () => {
    const text = formatRefusal({ ...refusal, message: "Zu spät: 😀" });
    expect(text).toContain(`Content-Length: ${Buffer.byteLength("Zu spät: 😀")}\r\n`);
    expect(text.endsWith("\r\n\r\nZu spät: 😀")).toBe(true);
  });

  test.each([400, 401, 404, 405, 408, 421, 429, 431, 500, 503, 505, 418, 599, 302, 399])(
    "V-48 %d is no 101 and always closes",
    (status) => {
      const text = formatRefusal({ ...refusal, status });
      expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z][A-Za-z ]+\r\n`));
      expect(text.match(/^Connection: close\r$/gm)).toHaveLength(1);
      expect(text.match(/^Content-Length: 21\r$/gm)).toHaveLength(1);
    },
  );

  test.each([101, 100, 200, 204, 299, 600, 0, -1, 403.5, Number.NaN])("V-48 %d cannot refuse an upgrade", (status) => {
    expect(() => formatRefusal({ ...refusal, status })).toThrow(
      expect.objectContaining({ code: "LW_PROTOCOL_REFUSAL_STATUS" }),
    );
  });

  test("has the refusal's headers, the caller's, and another content type if one is given", () => {
    const text = formatRefusal(
      { ...refusal, headers: { "Retry-After": "5" } },
      { headers: [["content-type", "application/json"]] },
    );
    expect(text).toContain("Retry-After: 5\r\ncontent-type: application/json\r\n");
    expect(text).not.toContain("text/plain");
  });

  test("an answer to HEAD goes without its body and keeps its length", () => {
    const text = formatRefusal(refusal, { method: "HEAD" });
    expect(text).toContain("Content-Length: 21\r\n");
    expect(text.endsWith("\r\n\r\n")).toBe(true);
  });

  test.each(badTexts)("V-44 a header with %j is refused before anything is written", (text) => {
    expect(() => formatRefusal({ ...refusal, headers: { "Retry-After": text } })).toThrow(LocalError);
    expect(() => formatRefusal(refusal, { headers: [["Location", text]] })).toThrow(LocalError);
    expect(() => formatRefusal(refusal, { headers: [[text, "a"]] })).toThrow(LocalError);
  });

  test("its head is ASCII, so that it can be written as UTF-8 with its body", () => {
    expect(() => formatRefusal(refusal, { headers: [["X-A", "\u00e9"]] })).toThrow(LocalError);
  });

  test.each(["Connection", "content-length", "Transfer-Encoding"])("V-48 %s is the writer's own", (name) => {
    expect(() => formatRefusal({ ...refusal, headers: { [name]: "x" } })).toThrow(LocalError);
    expect(() => formatRefusal(refusal, { headers: [[name, "x"]] })).toThrow(LocalError);
  });

  test("V-31 a header named __proto__ is an ordinary one", () => {
    const headers: Record<string, string> = Object.fromEntries([["__proto__", "x"]]);
    expect(formatRefusal({ ...refusal, headers })).toContain("__proto__: x\r\n");
  });
});
