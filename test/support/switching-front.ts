// What stands before two processes while one takes over from the other: everything new goes to the one that is named, what is
// there stays where it is. A balancer that knows connections, and one that knows whose tickets are whose.
import { once } from "node:events";
import {
  createServer as createHttpServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, connect, createServer, type Server as TcpServer, type Socket } from "node:net";

export interface SwitchingFront {
  readonly url: string;
  /** Everything new goes to 127.0.0.1:`port` from now on. */
  switchTo(port: number): void;
  stop(): Promise<void>;
}

/** A connection stays with the process that it began with. */
export async function startConnectionFront(port: number): Promise<SwitchingFront> {
  let target = port;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  return begin(server, sockets, (next) => (target = next));
}

/** A request with a ticket goes to the process that knows it; who does not answers 410, and the next one is asked. */
export async function startTicketFront(port: number): Promise<SwitchingFront> {
  const targets = [port];
  const sockets = new Set<Socket>();
  const server = createHttpServer((message, response) => {
    void once(message, "end").then(() => {
      const hasTicket = message.headers["longwire-ticket"] !== undefined;
      ask(hasTicket ? [...targets] : targets.slice(-1), Buffer.concat(parts), message, response);
    });
    const parts: Buffer[] = [];
    message.on("data", (part: Buffer) => parts.push(part));
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  return begin(server, sockets, (next) => targets.push(next));
}

function ask(ports: readonly number[], body: Buffer, message: IncomingMessage, response: ServerResponse): void {
  const [port, ...others] = ports;
  const { method, url, headers } = message;
  const upstream = request({ port, host: "127.0.0.1", method, path: url, headers, agent: false }, (answer) => {
    if (answer.statusCode === 410 && others.length > 0) {
      answer.resume();
      ask(others, body, message, response);
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders();
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  upstream.on("error", () => {
    // A process that is gone knows no tickets.
    if (others.length > 0 && !response.headersSent) ask(others, body, message, response);
    else response.destroy();
  });
  response.on("close", () => upstream.destroy());
  upstream.end(body);
}

async function begin(
  server: Server | TcpServer,
  sockets: ReadonlySet<Socket>,
  switchTo: (port: number) => void,
): Promise<SwitchingFront> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    switchTo,
    async stop() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
