// The WebSocket of undici, which is what Node's own global is made of. A client only; it offers compression.
import { channel } from "node:diagnostics_channel";
import { ping, WebSocket } from "undici";
import { Mailbox, type Peer } from "./peer.ts";

export async function dialWithUndici(url: string, protocols: readonly string[]): Promise<Peer> {
  const socket = new WebSocket(url, [...protocols]);
  socket.binaryType = "arraybuffer";
  const messages = new Mailbox<string | Buffer>();
  socket.addEventListener("message", ({ data }: { data: string | ArrayBuffer }) => {
    messages.push(typeof data === "string" ? data : Buffer.from(data));
  });
  const peer: Peer = {
    get protocol() {
      return socket.protocol;
    },
    get extensions() {
      return socket.extensions;
    },
    messages,
    closed: new Promise((resolve) => {
      socket.addEventListener("close", ({ code, reason }) => {
        messages.end(`undici has closed with ${code} ${reason}`);
        resolve({ code, reason });
      });
    }),
    send: (data) => socket.send(data),
    sendFragments: undefined,
    async ping(payload) {
      const pong = new Promise<string>((resolve) => {
        const pongs = channel("undici:websocket:pong");
        pongs.subscribe(function hear(event) {
          pongs.unsubscribe(hear);
          resolve((event as { payload: Buffer }).payload.toString());
        });
      });
      ping(socket, Buffer.from(payload));
      return pong;
    },
    close: (code, reason) => socket.close(code, reason),
    drop: undefined,
  };
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", ({ error }) => reject(error));
  });
  return peer;
}
