import { describe, expect, it, vi } from "vitest";
import { answered } from "../../../src/cli/answered.ts";
import type { WebSocket } from "../../../src/socket/index.ts";

/** As much of a socket as is asked: pings are taken, or not, and what comes is dispatched by the test. */
function makeSocket(takesPings = true): {
  readonly socket: WebSocket;
  readonly pings: string[];
  pong(text: string): void;
  close(): void;
} {
  const pings: string[] = [];
  const target = new EventTarget();
  const socket = Object.assign(target, {
    ping: (payload: string) => {
      pings.push(payload);
      return takesPings;
    },
  });
  return {
    socket: socket as unknown as WebSocket,
    pings,
    close: () => void target.dispatchEvent(new Event("close")),
    pong: (text) =>
      void target.dispatchEvent(new MessageEvent("pong", { data: new TextEncoder().encode(text).buffer })),
  };
}

describe("answered", () => {
  it("waits for the pong to its own ping: a server may send others", async () => {
    vi.useFakeTimers();
    try {
      const { socket, pings, pong } = makeSocket();
      let isOver = false;
      const over = answered(socket).then(() => (isOver = true));
      pong("unasked for");
      pong("");
      await Promise.resolve();
      expect(isOver).toBe(false);
      pong(pings[0] ?? "");
      await over;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("does not wait for a connection that is gone, nor for one that takes no ping, nor for ever", async () => {
    vi.useFakeTimers();
    try {
      const gone = makeSocket();
      const ended = answered(gone.socket);
      gone.close();
      await ended;
      await answered(makeSocket(false).socket);
      const silent = answered(makeSocket().socket);
      vi.advanceTimersByTime(2_000);
      await silent;
    } finally {
      vi.useRealTimers();
    }
  });
});
