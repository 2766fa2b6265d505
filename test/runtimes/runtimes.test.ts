// What the table of supported runtimes promises, on each of them: the built package, resolved through its exports as users do, in a
// process of its own that imports no test framework. docs/decisions/0015-runtimes.md.
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { Line } from "../../src/client/node.ts";
import { createServer } from "../../src/server/index.ts";
import { type Front, startFront } from "../support/obstructed-front.ts";
import { createUserFolder, runtimes, startScript } from "../support/runtimes.ts";
import { root } from "../support/source-scan.ts";

const user = createUserFolder(join(root, "test", "runtimes", "programs"));
afterAll(() => user.remove());

describe.each(runtimes)("$name", (runtime) => {
  const here = test.skipIf(runtime.program === undefined);

  here(
    "the client: echo over WebSocket and over each way around it, and numbers while the connection breaks",
    async () => {
      const { open, blocked, breaking } = await startSite();
      const script = startScript(runtime, user.folder, "client.mjs", open.url, blocked.url, breaking.url);
      onTestFinished(() => script.stop());
      const heard = ["gr\u00fc\u00df dich \u{1f600}", [0, 1, 255]];
      const end = [4001, "enough", true];
      const next = async (): Promise<unknown> => (await script.facts.next()).value;
      expect(await next()).toEqual(["client", "node.js"]);
      expect(await next()).toEqual({ protocol: "chat.v1", carried: "websocket", heard, end });
      expect(await next()).toEqual({ protocol: "", carried: "stream", heard, end });
      expect(await next()).toEqual({ protocol: "", carried: "stream", heard, end });
      expect(await next()).toEqual({ protocol: "", carried: "longpoll", heard, end });
      expect(await next()).toEqual({ isWhole: true, events: ["suspend", "resume"], end: [1000, true] });
      // It has no reason to stay.
      expect(await script.ended).toEqual([0, null]);
    },
  );

  here(
    "the engine and the server: echo to itself and to a client over each transport, and an end after its drain",
    async () => {
      const script = startScript(runtime, user.folder, "server.mjs");
      onTestFinished(() => script.stop());
      expect((await script.facts.next()).value).toEqual({
        lengths: ["pong", 200_000, 70_000],
        protocol: "chat.v1",
        end: [4002, "bye", true],
      });
      const { port } = (await script.facts.next()).value as { port: number };
      const lines = (["websocket", "stream", "longpoll"] as const).map((transport) => {
        const line = new Line(`http://127.0.0.1:${String(port)}`, { transports: [transport] });
        onTestFinished(() => line.close());
        const socket = line.open("/echo", ["chat.v1"]);
        const closed = new Promise((resolve) => {
          socket.onclose = ({ code }) => resolve([transport, code]);
        });
        const echoed = new Promise((resolve) => {
          socket.onopen = () => void socket.send(transport);
          socket.onmessage = ({ data }) => resolve([socket.transport, data]);
        });
        return { transport, closed, echoed };
      });
      expect(await Promise.all(lines.map(({ echoed }) => echoed))).toEqual(
        lines.map(({ transport }) => [transport, transport]),
      );
      script.tell();
      expect(await Promise.all(lines.map(({ closed }) => closed))).toEqual(
        lines.map(({ transport }) => [transport, 1012]),
      );
      expect(await script.ended).toEqual([0, null]);
    },
  );
});

/** One server, behind nothing, behind a proxy without WebSockets, and behind one whose connections break at a number. */
async function startSite(): Promise<{ readonly open: Front; readonly blocked: Front; readonly breaking: Front }> {
  const server = createServer({ hosts: ["127.0.0.1"] });
  server.route("/echo", { protocols: ["chat.v1"], message: (socket, data) => void socket.send(data) });
  server.route("/numbers", {
    message(socket, data) {
      if (data === "250") breaking.cut();
      socket.send(data);
    },
  });
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  const [open, blocked, breaking] = await Promise.all([
    startFront(port, {}),
    startFront(port, {}),
    startFront(port, {}),
  ]);
  blocked.obstacles.websocket = "refuse";
  onTestFinished(async () => {
    await Promise.all([open.stop(), blocked.stop(), breaking.stop()]);
    await server.close();
  });
  return { open, blocked, breaking };
}
