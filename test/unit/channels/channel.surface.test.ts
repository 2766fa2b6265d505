// A channel under the browser's interface: what a page sees of a WebSocket that is one of many in a session.
import { expect, test } from "vitest";
import type { LongwireError } from "../../../src/base/errors.ts";
import type { Channel } from "../../../src/channels/channel.ts";
import type { ChannelOwner } from "../../../src/channels/home.ts";
import { WebSocketSurface } from "../../../src/base/websocket-surface.ts";
import { ChannelPair } from "../../support/channel-ends.ts";
import { settled } from "../../support/fake-clock.ts";

class ChannelSocket extends WebSocketSurface implements ChannelOwner {
  readonly errors: unknown[] = [];
  readonly log: string[] = [];
  readonly #channel: Channel;

  constructor(pair: ChannelPair, path: string, protocols: readonly string[] = []) {
    super(`wss://example.com${path}`, "arraybuffer");
    this.#channel = pair.client.open({ path, protocols, parameters: new Uint8Array(0) }, this);
    this.onopen = () => this.log.push(`open ${this.protocol}`);
    this.onmessage = ({ data }) => {
      this.log.push(data as string);
      queueMicrotask(() => this.log.push(`after ${data as string}`));
    };
    this.onerror = () => this.log.push("error");
    this.onclose = ({ code, reason, wasClean }) => this.log.push(`close ${code} ${reason} ${wasClean}`);
  }

  receiveAccepted(): void {
    this.adopt(this.#channel);
    this.announceOpen();
  }

  protected override abandon(cause: LongwireError): void {
    this.#channel.terminate(cause);
  }

  protected override reportError(error: unknown): void {
    this.errors.push(error);
  }
}

test("P-102 open, messages with microtasks between them, and a clean close", async () => {
  const pair = new ChannelPair();
  const socket = new ChannelSocket(pair, "/chat", ["a", "b"]);
  pair.decide = (request) => pair.acceptance(request, "b");
  expect([socket.readyState, () => socket.send("early")]).toEqual([0, expect.any(Function)]);
  expect(() => socket.send("early")).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
  pair.exchange();
  const far = pair.accepted[0];
  expect([socket.readyState, socket.log]).toEqual([1, ["open b"]]);
  for (const text of ["one", "two"]) far?.channel.send(text);
  pair.exchange();
  await settled();
  expect(socket.log.slice(1)).toEqual(["one", "after one", "two", "after two"]);
  socket.send("hello");
  socket.close(4000, "done");
  expect(socket.readyState).toBe(2);
  pair.exchange();
  await settled();
  expect(far?.owner.log).toEqual(["hello", "closing", "closed 4000"]);
  expect([socket.readyState, socket.log.at(-1), socket.cause]).toEqual([3, "close 4000 done true", undefined]);
  expect(socket.errors).toEqual([]);
});

test("P-96 bufferedAmount is what has not been handed to a transport, and stays when the channel is over", async () => {
  const pair = new ChannelPair();
  const socket = new ChannelSocket(pair, "/");
  pair.exchange();
  await settled();
  pair.up.detach();
  socket.send("x".repeat(100));
  socket.send(new Uint8Array(50));
  expect([socket.readyState, socket.bufferedAmount]).toEqual([1, 150]);
  pair.client.receiveEnded({ code: 4410, reason: "" });
  expect([socket.readyState, socket.bufferedAmount, socket.log]).toEqual([
    3,
    150,
    ["open ", "error", "close 1006  false"],
  ]);
  expect(socket.cause).toMatchObject({ code: "LW_CHANNEL_SESSION_ENDED", closeCode: 4410 });
});

test("P-28 closing while CONNECTING is an error and 1006, told later", async () => {
  const pair = new ChannelPair();
  const socket = new ChannelSocket(pair, "/");
  socket.close();
  expect([socket.readyState, socket.log]).toEqual([2, []]);
  await settled();
  expect([socket.readyState, socket.log]).toEqual([3, ["error", "close 1006  false"]]);
  pair.exchange();
  await settled();
  expect(pair.accepted[0]?.owner.log).toEqual(["closing", "closed 1006"]);
  expect([pair.client.channels.length, pair.server.channels.length]).toEqual([0, 0]);
});

test("a refusal is an error and 1006, and says why to those who ask", () => {
  const pair = new ChannelPair();
  const socket = new ChannelSocket(pair, "/");
  pair.decide = () => ({ status: 404, reason: "no such room" });
  pair.exchange();
  expect(socket.log).toEqual(["error", "close 1006  false"]);
  expect(socket.cause?.message).toContain("404: no such room");
});

test("V-23 a slow loop over the messages slows the peer down, and loses none", async () => {
  const pair = new ChannelPair();
  const socket = new ChannelSocket(pair, "/");
  pair.exchange();
  const far = pair.accepted[0];
  const texts = Array.from({ length: 150 }, (_, index) => `${index}`.padEnd(2_000));
  for (const text of texts) far?.channel.send(text);
  const loop = (async () => {
    const read: unknown[] = [];
    for await (const data of socket) {
      if (read.length === 0) expect(far?.channel.bufferedBytes).toBeGreaterThan(200_000);
      if (read.push(data) === texts.length) return read;
      await settled(1);
      pair.exchange();
    }
    return read;
  })();
  pair.exchange();
  expect(await loop).toEqual(texts);
});
