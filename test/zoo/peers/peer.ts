// A realtime library as an application uses it, with the options it has by default: what each file in this folder makes.

/** Where a server's application hears of its clients. */
export interface Host {
  /** A client is there, perhaps for the second time: `send` reaches it until another one of the name comes. */
  receiveClient(name: string, send: (text: string) => void): void;
  receiveMessage(name: string, text: string): void;
}

/** Where a client's application hears of its connection. */
export interface Guest {
  receiveOpen(): void;
  receiveMessage(text: string): void;
  /** What the application sees when its connection is gone: the library's own word for it. */
  receiveEnd(why: string): void;
}

export interface Client {
  /** What carries it now, in the library's own words. */
  readonly transport: string;
  send(text: string): void;
  close(): void;
}

export interface Peer {
  /** Listens on 127.0.0.1; resolves with the port. */
  serve(host: Host): Promise<number>;
  /** Connects to 127.0.0.1:`port`. */
  connect(port: number, name: string, guest: Guest): Client;
}

export const peerNames = ["longwire", "line", "socket-io", "sockjs"] as const;
export type PeerName = (typeof peerNames)[number];
