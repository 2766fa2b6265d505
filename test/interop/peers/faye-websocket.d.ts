// What of faye-websocket the tests use; the package has no types of its own.
declare module "faye-websocket" {
  import type { EventEmitter } from "node:events";
  import type { IncomingMessage } from "node:http";
  import type { Duplex } from "node:stream";

  class FayeWebSocket extends EventEmitter {
    static isWebSocket(request: IncomingMessage): boolean;
    static Client: new (url: string, protocols?: readonly string[]) => FayeWebSocket;
    constructor(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      protocols?: readonly string[],
      options?: { readonly maxLength?: number },
    );
    readonly protocol: string;
    send(data: string | Buffer): boolean;
    ping(payload: string, pong: () => void): boolean;
    close(code?: number, reason?: string): void;
    on(type: "open", listener: () => void): this;
    on(type: "message", listener: (event: { readonly data: string | Buffer }) => void): this;
    on(type: "close", listener: (event: { readonly code: number; readonly reason: string }) => void): this;
    on(type: "error", listener: (event: { readonly message: string }) => void): this;
  }
  export default FayeWebSocket;
}
