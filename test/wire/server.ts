// This server with everything that a rule of the suites may need.

import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer, type ServerOptions } from "../../src/server/index.ts";
import type { Target } from "./target.ts";

const users: Readonly<Record<string, string>> = {
  "": "somebody",
  "ada's": "Ada",
  "bob's": "Bob",
  "ada's for a second": "Ada",
};

const options: ServerOptions<string> = {
  origins: ["https://allowed.example"],
  limits: { drainSpreadMs: 500, drainTimeoutMs: 3_000, closeTimeoutMs: 1_000 },
  authenticate({ headers }) {
    const token = (headers.get("authorization") ?? "").replace(/^Bearer ?/, "");
    const user = Object.hasOwn(users, token) ? users[token] : undefined;
    if (user === undefined) throw new Response("", { status: 401 });
    return user;
  },
  line: {
    heartbeatMs: 1_000,
    expiresIn: (_user, { headers }) => (headers.get("authorization")?.endsWith("for a second") ? 1 : undefined),
  },
};

export interface TestedServer {
  readonly target: Target;
  stop(): Promise<void>;
}

export async function startTested(): Promise<TestedServer> {
  const server = createServer(options);
  server.route("/echo", { message: (socket, data) => void socket.send(data) });
  server.route("/movable", { movable: true, message: (socket, data) => void socket.send(data) });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  const desk = createHttpServer((_request, response) => {
    void server.drain();
    response.end();
  });
  desk.listen(0, "127.0.0.1");
  await once(desk, "listening");
  const { port: deskPort } = desk.address() as AddressInfo;
  return {
    target: {
      origin: `http://127.0.0.1:${port}`,
      echo: "/echo",
      base: "/longwire",
      allowedOrigin: "https://allowed.example",
      movable: "/movable",
      outbox: "/echo",
      token: "ada's",
      otherToken: "bob's",
      shortToken: "ada's for a second",
      drain: `http://127.0.0.1:${deskPort}/`,
    },
    async stop() {
      desk.closeAllConnections();
      desk.close();
      await server.close();
    },
  };
}
