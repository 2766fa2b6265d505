import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { RawLine } from "../../../../src/cli/lab/raw-line.ts";

async function listen(talk: (socket: Socket) => void): Promise<number> {
  const server = createServer(talk);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test("bytes go there and back as they are, and its end is told once", async () => {
  const port = await listen((socket) => socket.pipe(socket));
  let heard = "";
  const ended = await new Promise<string | undefined>((resolve) => {
    const line: RawLine = new RawLine(
      { host: "127.0.0.1", port, secure: false },
      {
        opened: () => line.write(Buffer.from([0x48, 0x69])),
        received: (chunk) => {
          heard += chunk.toString();
          line.end();
        },
        ended: resolve,
      },
    );
  });
  expect([heard, ended]).toEqual(["Hi", undefined]);
});

test("where nobody listens, and where somebody hangs up, the fault is told in words", async () => {
  const port = await listen((socket) => socket.resetAndDestroy());
  const outcome = (at: number): Promise<string | undefined> =>
    new Promise((ended) => {
      const line: RawLine = new RawLine(
        { host: "127.0.0.1", port: at, secure: false },
        { opened: () => line.write(Buffer.from("x")), received: () => {}, ended },
      );
    });
  expect(await outcome(port)).toMatch(/ECONNRESET|EPIPE/);
  // Nothing listens on port 1 of this machine.
  expect(await outcome(1)).toMatch(/ECONNREFUSED/);
});
