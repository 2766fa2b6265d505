// What a WebSocket tells, as lines a test can compare: each event with the ready state its listeners see. Checks on the way
// what must always hold (I-15): one close, nothing after it.
import type { MessageData, WebSocketSurface } from "../../src/base/websocket-surface.ts";
import { settled } from "./fake-clock.ts";

export interface SocketRecord {
  /** e.g. "open 1", "message 1 text", "error 3", "close 3 1006 false". */
  readonly lines: string[];
  /** Resolves with the lines when the socket has closed and some more turns have passed. */
  readonly closed: Promise<string[]>;
  readonly opened: Promise<void>;
  nextMessage(): Promise<MessageData>;
}

export function recordSocket(socket: WebSocketSurface): SocketRecord {
  const lines: string[] = [];
  const messages: MessageData[] = [];
  const waiting: ((data: MessageData) => void)[] = [];
  const add = (line: string): void => {
    if (lines.some((earlier) => earlier.startsWith("close"))) throw new Error(`${line} came after close.`);
    lines.push(line);
  };
  socket.addEventListener("error", () => add(`error ${socket.readyState}`));
  socket.addEventListener("message", (event) => {
    const data = event.data as MessageData;
    add(`message ${socket.readyState} ${typeof data === "string" ? data : "binary"}`);
    const next = waiting.shift();
    if (next === undefined) messages.push(data);
    else next(data);
  });
  return {
    lines,
    opened: new Promise((resolve) => {
      socket.addEventListener("open", () => {
        add(`open ${socket.readyState}`);
        resolve();
      });
    }),
    closed: new Promise((resolve) => {
      socket.addEventListener("close", (event) => {
        add(`close ${socket.readyState} ${event.code} ${event.wasClean}`);
        void settled().then(() => resolve(lines));
      });
    }),
    nextMessage() {
      const message = messages.shift();
      return message === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(message);
    },
  };
}
