// Interoperation with Python: the `websockets` package in both roles, the `websocket-client` package as a client. Both come
// from Debian and are some years old, as many that are out there.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServer } from "../../src/server/index.ts";
import { afterThisTest } from "../support/test-server.ts";
import { pythonWebsocketClient, pythonWebsockets } from "../support/tools.ts";
import { conversesAsClient, conversesAsServer, type Traits } from "./conversation.ts";
import { PythonProcess } from "./peers/python-peer.ts";

function suite(python: string | undefined, program: string, title: string, traits: Traits, both: boolean): void {
  describe.skipIf(python === undefined)(title, () => {
    let running: PythonProcess;

    beforeAll(() => {
      running = new PythonProcess(python ?? "", program);
    });
    afterAll(() => running.stop());

    conversesAsServer(`a ${title} client`, (url, protocols) => running.dial(url, protocols), traits);
    if (both) conversesAsClient(`a ${title} server`, () => running.listen(), traits);

    it("a refusal reaches it with its status", async () => {
      const server = createServer();
      server.route("/", { message() {}, authenticate: () => Promise.reject(new Response("No.", { status: 401 })) });
      const { url } = await server.listen({ host: "127.0.0.1" });
      afterThisTest(() => server.close());
      expect(await running.refusalOf(`${url}/`)).toBe(401);
      expect(await running.refusalOf(`${url}/elsewhere`)).toBe(404);
    });
  });
}

suite(
  pythonWebsockets,
  "websockets_peer.py",
  "Python websockets",
  {
    fragments: true,
    closesWith: [1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014],
    bareClose: { heard: 1005, sent: 1000 },
  },
  true,
);

suite(
  pythonWebsocketClient,
  "websocket_client_peer.py",
  "Python websocket-client",
  {
    fragments: true,
    closesWith: [1001, 1002, 1003, 1007, 1008, 1009, 1011, 1014],
    bareClose: { heard: 1005, sent: 1000 },
    answersCloseWith: 1000,
    // Younger than its list of codes; it takes them for a broken frame.
    refusesCodes: [1012, 1013],
  },
  false,
);
