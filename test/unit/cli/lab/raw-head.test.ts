import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { headOf, RawHead } from "../../../../src/cli/lab/raw-head.ts";

test("a head is found whole wherever its bytes are cut, and what follows is kept apart", () => {
  const text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nrest";
  for (let cut = 0; cut <= text.length; cut++) {
    const head = new RawHead();
    const first = head.receive(Buffer.from(text.slice(0, cut)));
    const received = first ?? head.receive(Buffer.from(text.slice(cut)));
    expect(received?.head).toBe(text.slice(0, -4));
    expect(head.isOver).toBe(true);
    expect(`${received?.rest.toString()}${first === undefined ? "" : text.slice(cut)}`).toBe("rest");
  }
});

test("what never ends is not waited for", () => {
  const head = new RawHead();
  expect(head.receive(Buffer.alloc(20_000, "a"))).toBeUndefined();
  expect(head.isOver).toBe(true);
  expect(head.receive(Buffer.from("\r\n\r\n"))).toBeUndefined();
});

test("a request's head is written as it came: names, order and values", () => {
  const rawHeaders = ["HOST", "a", "x-Two", "1", "x-Two", "2"];
  const message = { method: "GET", url: "/x?y", httpVersion: "1.1", rawHeaders } as IncomingMessage;
  expect(headOf(message)).toBe("GET /x?y HTTP/1.1\r\nHOST: a\r\nx-Two: 1\r\nx-Two: 2\r\n\r\n");
});
