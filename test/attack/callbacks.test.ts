// What attackers can make of the application's own callbacks: exceptions, and work without end. RELIABILITY V-35, V-36.
import { Duplex } from "node:stream";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { createServer } from "../../src/server/index.ts";
import { rawClose, rawFrame, rawKey } from "../support/raw-client.ts";
import { attack } from "./support/attack.ts";
import { caughtUp, frames, pour } from "./support/flood.ts";

const FRAMES_PER_TURN = 1_024;

attack(
  "V-35 messages that make a handler throw end their own connections with 1011, and nothing else",
  {},
  async ({ target, control, closeCodeOf, factsOnce }) => {
    const batches = ["boom", "later boom"].flatMap((word) => [
      [word, "never heard"],
      ["fine", word, "never heard"],
      ["fine", "fine", word, "never heard", word],
    ]);
    const attackers = Array.from({ length: 10 }, () => batches).flat();
    const clients = await target.openMany(attackers.length, "/boom");
    const witness = await target.open("/boom");
    await Promise.all(
      attackers.map(async (words, index) => {
        const client = clients[index];
        if (client === undefined) return;
        await pour(client, Buffer.concat(words.map((payload) => rawFrame({ payload }))));
        expect(await closeCodeOf(client)).toBe(1011);
        client.write(rawClose(1011));
      }),
    );
    await control.beat();
    const { counts, metrics } = await factsOnce(({ counts: { close } }) => close === attackers.length);
    // Told once each, to the error hook; what came behind was not delivered.
    expect(counts.error).toBe(attackers.length);
    expect(metrics["handler_errors_total"]).toBe(attackers.length);
    expect(counts.message).toBe(attackers.flat().filter((word) => word !== "never heard").length - 20);
    witness.writeFrame({ payload: "untouched" });
    expect((await witness.nextFrame()).text).toBe("untouched");
  },
);

attack(
  "V-36 a hundred thousand messages at once are worked off in turns, and others get theirs",
  {},
  async ({ target, control, note }) => {
    const total = 100_000;
    const clients = await target.openMany(4, "/sink");
    const flood = frames(total, {});
    await Promise.all(
      clients.map(async (client) => {
        await pour(client, flood);
        await caughtUp(client);
      }),
    );
    await control.beat();
    const { counts, mostPerTurn } = await target.facts();
    note(`${mostPerTurn.toLocaleString("en")} messages in one turn at most`);
    expect(counts.message).toBe(4 * total);
    // The rest of one read, all of the next, and what the kernel brings before the loop has come round.
    expect(mostPerTurn).toBeLessThanOrEqual(clients.length * 3 * FRAMES_PER_TURN);
  },
);

/** A connection that hands over all it has in one chunk, and remembers what it is told. */
class OneChunk extends Duplex {
  readonly sent: Buffer[] = [];

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.sent.push(chunk);
    done();
  }
}

test("V-36 a hundred thousand frames in one chunk: no stack grows, the loop turns in between, all are delivered", async () => {
  const total = 100_000;
  const server = createServer();
  let heard = 0;
  let turns = 0;
  let running = true;
  const count = (): void => {
    turns++;
    if (running) setImmediate(count);
  };
  const everything = new Promise<void>((resolve) => {
    server.route("/", {
      message(socket, data) {
        heard++;
        socket.send(data);
        if (data === "last") resolve();
      },
    });
  });
  const request = new IncomingMessage(new Socket());
  request.method = "GET";
  request.url = "/";
  request.httpVersion = "1.1";
  request.rawHeaders = ["Host", "localhost", "Upgrade", "websocket", "Connection", "Upgrade"];
  request.rawHeaders.push("Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", rawKey);
  request.headers = { host: "localhost", upgrade: "websocket", connection: "Upgrade" };
  const socket = new OneChunk();
  const chunk = Buffer.concat([frames(total - 1, {}), rawFrame({ payload: "last" })]);
  setImmediate(count);
  expect(server.handleUpgrade(request, socket, chunk)).toBe(true);
  await everything;
  running = false;
  expect(heard).toBe(total);
  expect(turns).toBeGreaterThanOrEqual(Math.floor(total / FRAMES_PER_TURN));
  await new Promise((resolve) => void setImmediate(resolve));
  // Empty echoes of two bytes, and the last one of six.
  const head = Buffer.concat(socket.sent).indexOf("\r\n\r\n") + 4;
  expect(Buffer.concat(socket.sent).length - head).toBe(2 * (total - 1) + 6);
  socket.destroy();
  await server.close();
});
