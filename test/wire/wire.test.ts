// Both black-box suites of docs/wire against this server.
import { afterAll, beforeAll, describe, test } from "vitest";
import { createServer, type LongwireServer } from "../../src/server/index.ts";
import { channelRules } from "./channel-suite.ts";
import type { Target } from "./peer.ts";
import { sessionRules } from "./session-suite.ts";

let server: LongwireServer;
let target: Target;
beforeAll(async () => {
  server = createServer();
  server.route("/echo", { message: (socket, data) => void socket.send(data) });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  target = { origin: `http://127.0.0.1:${port}`, echo: "/echo", base: "/longwire" };
});
afterAll(() => server.close());

describe("session-v1", () => {
  for (const { section, name, rows = "", run } of sessionRules) {
    test(`${rows} §${section} ${name}`, () => run(target));
  }
});

describe("channels-v1", () => {
  for (const { section, name, rows = "", run } of channelRules) {
    test(`${rows} §${section} ${name}`, () => run(target));
  }
});
