// Six requests to a small server made for them, over raw sockets, since a page cannot choose how its browser asks: HTTP/1.0 with a
// connection each, one connection that is kept alive, a server that ignores the wish to keep it, and all requests at once on one
// connection (pipelining). One answer takes long; what happens to the others is what is to be seen.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { type Run, type RunKind, runPlan } from "./wire.ts";

const body = "x".repeat(500);

interface Progress {
  connection: number;
  sentAt: number;
  readyAt: number;
  doneAt: number;
}

export async function runRequests(kind: RunKind): Promise<Run> {
  const startedAt = performance.now();
  const now = (): number => performance.now() - startedAt;
  const progress: Progress[] = Array.from({ length: runPlan.count }, () => {
    return { connection: 0, sentAt: 0, readyAt: 0, doneAt: 0 };
  });
  const server = serveSlowly(kind, (index) => {
    const one = progress[index];
    if (one !== undefined) one.readyAt = now();
  });
  let connections = 0;
  const accepted: Socket[] = [];
  server.on("connection", (socket: Socket) => {
    connections += 1;
    accepted.push(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  let client: AnswerReader | undefined;
  try {
    if (kind === "pipelined") {
      client = await AnswerReader.dial(port);
      for (const [index, one] of progress.entries()) {
        one.connection = connections;
        one.sentAt = now();
        client.send(formatRequest(index, kind, port));
      }
    }
    for (const [index, one] of progress.entries()) {
      if (kind !== "pipelined") {
        // Who may not use the connection again has to make another one.
        if (client === undefined || client.isOver) {
          client?.close();
          client = await AnswerReader.dial(port);
        }
        one.connection = connections;
        one.sentAt = now();
        client.send(formatRequest(index, kind, port));
      }
      await client?.readAnswer();
      one.doneAt = now();
    }
  } finally {
    client?.close();
    server.close();
    server.closeAllConnections();
  }
  const sum = (read: (socket: Socket) => number): number => accepted.reduce((all, socket) => all + read(socket), 0);
  return {
    kind,
    requests: progress,
    connections,
    bytesUp: sum((socket) => socket.bytesRead),
    bytesDown: sum((socket) => socket.bytesWritten),
  };
}

function formatRequest(index: number, kind: RunKind, port: number): string {
  const version = kind === "http10" ? "1.0" : "1.1";
  const wish = kind === "http10" ? "" : "Connection: keep-alive\r\n";
  return `GET /${index} HTTP/${version}\r\nHost: 127.0.0.1:${port}\r\n${wish}\r\n`;
}

function serveSlowly(kind: RunKind, ready: (index: number) => void): Server {
  return createServer((message, response) => {
    const index = Number((message.url ?? "/").slice(1));
    setTimeout(
      () => {
        ready(index);
        // RFC 9112 §9.3: "A server that does not support persistent connections MUST send the "close" connection option"
        if (kind === "ignored") response.setHeader("Connection", "close");
        response.writeHead(200, { "Content-Type": "text/plain", "Content-Length": body.length });
        response.end(body);
      },
      index === runPlan.slow ? runPlan.slowMs : runPlan.quickMs,
    );
  });
}

/** One connection of the client: sends, and reads answers with a length, one after the other. */
class AnswerReader {
  readonly #socket: Socket;
  #text = "";
  #isOver = false;
  #hasEnded = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => (this.#text += chunk.toString("latin1")));
    socket.on("close", () => (this.#hasEnded = true));
    socket.on("error", () => (this.#hasEnded = true));
  }

  static async dial(port: number): Promise<AnswerReader> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    return new AnswerReader(socket);
  }

  /** The server has said that nothing more will be answered here. */
  get isOver(): boolean {
    return this.#isOver || this.#hasEnded;
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  async readAnswer(): Promise<void> {
    for (;;) {
      const end = this.#text.indexOf("\r\n\r\n");
      const head = end === -1 ? "" : this.#text.slice(0, end);
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
      if (end !== -1 && this.#text.length >= end + 4 + length) {
        this.#text = this.#text.slice(end + 4 + length);
        this.#isOver = /^connection: close$/im.test(head);
        return;
      }
      if (this.#hasEnded) throw new Error("the connection ended before its answer");
      await Promise.race([once(this.#socket, "data"), once(this.#socket, "close")]);
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}
