import { describe, expect, test } from "vitest";
import { headerOf, looksLikeHttp, readHttpMessage } from "../../../../src/cli/decode/http-messages.ts";

const read = (text: string, at = 0) => readHttpMessage(Buffer.from(text, "latin1"), at);
const bodyOf = (text: string): string => Buffer.from(read(text)?.body ?? []).toString();

describe("readHttpMessage", () => {
  test("a request that asks for a WebSocket, and the answer that agrees", () => {
    const request = read("GET /x HTTP/1.1\r\nHost: h\r\nUpgrade: WebSocket\r\nX: a\r\nx: b\r\n\r\nrest");
    expect(request).toMatchObject({
      kind: "request",
      startLine: "GET /x HTTP/1.1",
      isUpgrade: true,
      headEnd: 60,
      end: 60,
    });
    expect(headerOf(request?.headers ?? [], "x")).toBe("a, b");
    expect(read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00")).toMatchObject({
      kind: "response",
      isUpgrade: true,
      isComplete: true,
    });
    expect(read("HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n")?.isUpgrade).toBe(
      false,
    );
  });

  test.each([
    ["a length", "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET", "abc"],
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n", "abc"],
    [
      "chunks with a trailer",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n",
      "abc",
    ],
    ["the end of the connection", "HTTP/1.0 200 OK\r\n\r\nabc", "abc"],
    ["nothing in a request", "GET / HTTP/1.1\r\n\r\nabc", ""],
    ["nothing in a 204", "HTTP/1.1 204 No Content\r\n\r\nabc", ""],
  ])("a body by %s", (_what, text, body) => {
    expect(bodyOf(text)).toBe(body);
    expect(read(text)?.isComplete).toBe(true);
  });

  test("the end is where the next message begins", () => {
    const one = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n";
    expect(read(`${one}HTTP/1.1 204 No Content\r\n\r\n`)?.end).toBe(one.length);
  });

  test.each([
    "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
  ])("a body that is not all there is told so: %j", (text) => {
    expect(read(text)?.isComplete).toBe(false);
  });

  test("what is no HTTP is none, and a head that is cut off is none yet", () => {
    for (const text of ["", "GET / HTTP/1.1\r\nHost: h\r\n", "hello\r\n\r\n", "GET / HTTP/2\r\n\r\n"])
      expect(read(text)).toBeUndefined();
    expect(looksLikeHttp(Buffer.from("GET /"), 0)).toBe(true);
    expect(looksLikeHttp(Buffer.from("xxHTTP/1.1 200"), 2)).toBe(true);
    expect(looksLikeHttp(Buffer.from("\x81\x05Hello"), 0)).toBe(false);
  });
});
