// Interoperation with the `ws` package, in both roles.
import { expect, it } from "vitest";
import { createServer } from "../../src/server/index.ts";
import { afterThisTest } from "../support/test-server.ts";
import { conversesAsClient, conversesAsServer } from "./conversation.ts";
import { dialWithWs, listenWithWs, refusalOfWs } from "./peers/ws-peer.ts";

const traits = { fragments: true, closesWith: [1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014] };

conversesAsServer("a ws client", dialWithWs, traits);
conversesAsClient("a ws server", listenWithWs, traits);

it("a ws client that is refused gets the status and one sentence", async () => {
  const server = createServer();
  server.route("/", { message() {} });
  const { url } = await server.listen({ host: "127.0.0.1" });
  afterThisTest(() => server.close());
  expect(await refusalOfWs(`${url}/elsewhere`, {})).toEqual({
    status: 404,
    text: "There is no WebSocket at this path.",
  });
  const { status } = await refusalOfWs(`${url}/`, { origin: "https://evil.example" });
  expect(status).toBe(403);
});
