import { describe, expect, it, vi } from "vitest";
import { PendingSocket } from "../../../src/socket/pending-socket.ts";
import { settled } from "../../support/fake-clock.ts";
import { watchFaults } from "../../support/fault-watch.ts";
import { StreamEnd } from "../../support/stream-end.ts";

function pending(limitBytes = 100, head = new Uint8Array(0)) {
  const stream = new StreamEnd();
  const gone = vi.fn();
  return { stream, gone, socket: new PendingSocket(stream, head, limitBytes, gone) };
}

describe("a pending socket", () => {
  it("P-14 keeps what came with and after the request, in order", async () => {
    const { stream, socket } = pending(100, Buffer.from("glued "));
    stream.push(Buffer.from("then "));
    stream.push(Buffer.from("more"));
    await settled();
    expect(socket.keptBytes).toBe(15);
    expect(Buffer.from(socket.release()).toString()).toBe("glued then more");
  });

  it("P-14 lets the client wait once the bound is reached, and loses nothing", async () => {
    const { stream, socket } = pending(10);
    stream.push(Buffer.from("0123456789"));
    await settled();
    expect(socket.paused).toBe(true);
    stream.push(Buffer.from("abc"));
    await settled();
    expect(socket.keptBytes).toBe(10);
    expect(Buffer.from(socket.release()).toString()).toBe("0123456789");
    const rest: string[] = [];
    stream.on("data", (chunk: Buffer) => rest.push(chunk.toString()));
    stream.resume();
    await settled();
    expect(rest).toEqual(["abc"]);
  });

  it("waits from the beginning when the head alone is over the bound", () => {
    expect(pending(4, Buffer.alloc(5)).socket.paused).toBe(true);
    expect(pending(6, Buffer.alloc(5)).socket.paused).toBe(false);
  });

  it("V-03 does not keep an object for every byte that drips in", async () => {
    const { stream, socket } = pending(10_000);
    const text = Array.from({ length: 1_000 }, (_, index) => String(index % 10)).join("");
    for (const character of text) {
      stream.push(Buffer.from(character));
      await Promise.resolve();
    }
    await settled();
    const set = vi.spyOn(Uint8Array.prototype, "set");
    const head = socket.release();
    expect(set.mock.calls.length, "pieces joined in the end").toBeLessThanOrEqual(64);
    set.mockRestore();
    expect(Buffer.from(head).toString()).toBe(text);
  });

  it.each([
    ["a FIN", (stream: StreamEnd) => stream.push(null)],
    ["a reset", (stream: StreamEnd) => stream.destroy(new Error("ECONNRESET"))],
    ["a close", (stream: StreamEnd) => stream.destroy()],
  ])("P-15 V-32 F-34 says once that the client has gone, by %s, and drops the socket", async (_how, leave) => {
    const faults = watchFaults();
    const { stream, gone, socket } = pending();
    stream.push(Buffer.from("x"));
    leave(stream);
    await settled();
    expect(faults).toEqual([]);
    expect(gone).toHaveBeenCalledTimes(1);
    expect([socket.gone, stream.destroyed, socket.keptBytes]).toEqual([true, true, 0]);
    expect(socket.release()).toHaveLength(0);
  });

  it("notices a socket that had gone before", () => {
    const stream = new StreamEnd();
    stream.destroy();
    const gone = vi.fn();
    expect(new PendingSocket(stream, new Uint8Array(0), 1, gone).gone).toBe(true);
    expect(gone).toHaveBeenCalledTimes(1);
  });

  it("V-26 leaves no listener behind, and tells nothing after it was released", async () => {
    const { stream, gone, socket } = pending();
    const before = new StreamEnd();
    socket.release();
    for (const event of ["data", "end", "close", "error"]) {
      expect(stream.listenerCount(event), event).toBe(before.listenerCount(event));
    }
    stream.destroy();
    await settled();
    expect(gone).not.toHaveBeenCalled();
  });
});
