// A WebSocket as a client of sessions sees it, whose other end is a test.
import type { SocketLike } from "../../src/transports/websocket/client.ts";

export class MemorySocket implements SocketLike {
  binaryType = "blob";
  protocol = "";
  bufferedAmount = 0;
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  onerror: SocketLike["onerror"] = null;
  isClosed = false;
  sent: ((bytes: Uint8Array) => void) | undefined;
  left: (() => void) | undefined;

  send(data: string | Uint8Array): void {
    if (typeof data !== "string") this.sent?.(data.slice());
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.left?.();
  }

  end(code: number, reason: string): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.onclose?.({ code, reason });
  }
}
