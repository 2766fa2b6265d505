// What of SockJS the zoo uses; the packages have no types of their own.
declare module "sockjs" {
  import type { EventEmitter } from "node:events";
  import type { Server as HttpServer } from "node:http";

  interface Connection extends EventEmitter {
    write(text: string): boolean;
    on(type: "data", listener: (text: string) => void): this;
  }
  interface Server extends EventEmitter {
    installHandlers(http: HttpServer, options: { readonly prefix: string }): void;
    on(type: "connection", listener: (connection: Connection) => void): this;
  }
  const sockjs: { createServer(options: { readonly log: () => void }): Server };
  export default sockjs;
}

declare module "sockjs-client" {
  class SockJS {
    static readonly OPEN: number;
    constructor(url: string);
    readonly readyState: number;
    readonly transport: string | null;
    onopen: () => void;
    onmessage: (event: { readonly data: string }) => void;
    onclose: (event: { readonly code: number }) => void;
    send(text: string): void;
    close(): void;
  }
  export default SockJS;
}
