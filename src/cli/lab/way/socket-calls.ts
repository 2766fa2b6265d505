// The socket calls below every connection, as they happen: a server that listens, a client that dials it, a few bytes each way, the end.
// Node makes the calls; the times are when it says that they are done. Everything is closed when this returns.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { CallName, SocketCall } from "./wire.ts";

const question = "GET /hello HTTP/1.0\r\n\r\n";
const answer = "HTTP/1.0 200 OK\r\n\r\nhello";

export async function traceSocketCalls(): Promise<SocketCall[]> {
  const calls: SocketCall[] = [];
  const startedAt = performance.now();
  const note = (side: "server" | "client", call: CallName, detail = ""): void => {
    calls.push({ side, call, detail, atMs: performance.now() - startedAt });
  };

  const server = createServer({ allowHalfOpen: true });
  note("server", "socket");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  note("server", "bind", `127.0.0.1:${port}`);
  note("server", "listen");

  const accepted = once(server, "connection");
  note("client", "socket");
  note("client", "connect", `127.0.0.1:${port}`);
  const client = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const connected = once(client, "connect").then(() => note("client", "connected", authority(client)));
  const [peer] = (await accepted) as [Socket];
  note("server", "accept", `${peer.remoteAddress}:${peer.remotePort}`);
  await connected;

  await pass(client, peer, question, () => note("client", "write", String(question.length)));
  note("server", "read", String(peer.bytesRead));
  await pass(peer, client, answer, () => note("server", "write", String(answer.length)));
  note("client", "read", String(client.bytesRead));

  await finish(peer, client, () => note("server", "close"));
  note("client", "end");
  await finish(client, peer, () => note("client", "close"));
  note("server", "end");
  server.close();
  client.destroy();
  peer.destroy();
  return calls;
}

/** Writes at one end and waits until all has come at the other. */
async function pass(from: Socket, to: Socket, text: string, written: () => void): Promise<void> {
  const goal = to.bytesRead + text.length;
  from.write(text);
  written();
  while (to.bytesRead < goal) await once(to, "data");
}

/** Closes one end and waits until the other has read the end. */
async function finish(from: Socket, to: Socket, closed: () => void): Promise<void> {
  const ended = once(to, "end");
  to.resume();
  from.end();
  closed();
  await ended;
}

function authority(socket: Socket): string {
  return `${socket.localAddress}:${socket.localPort}`;
}
