import { expect, test } from "vitest";
import * as browser from "../../../src/client/index.ts";
import * as node from "../../../src/client/node.ts";

test("Node's entry has what the browser's has and a file, and importing either connects nothing", () => {
  expect(Object.keys(browser).toSorted()).toEqual(["Line", "WebSocket", "WebSocketLine", "indexedDBOutbox"]);
  expect(Object.keys(node).toSorted()).toEqual([...Object.keys(browser), "fileOutbox"].toSorted());
});

test("a line can be made and closed without a server", () => {
  for (const line of [new node.Line("http://127.0.0.1:1"), new node.WebSocketLine("http://127.0.0.1:1")]) {
    expect(line.transport).toBeUndefined();
    line.close();
  }
});
