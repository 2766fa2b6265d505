// One talk through each animal of the zoo: server and client in processes of their own, the proxy here. Numbered messages both
// ways; what a proxy would do after a time is done to it here as the talk goes on, so that nothing waits. What takes long is in
// zoo-hours.test.ts, in virtual time, and what it costs, beside other libraries, in `npm run zoo`.
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { Line } from "../../src/client/node.ts";
import { createServer } from "../../src/server/index.ts";
import { type Animal, animals } from "../zoo/proxies.ts";
import { Pair } from "../zoo/trial.ts";

const messages = 150;
const complete = { distinct: messages, doubled: 0, late: 0 };
let pair: Pair;

beforeAll(async () => {
  pair = new Pair("longwire");
  await pair.ready;
}, 60_000);
afterAll(() => pair.stop());

/** One after the other: the two programs are shared. */
describe("F-30 F-31 F-35 F-39 I-02 I-03 I-04 behind each proxy a message comes, none is lost or doubled, no close is seen", () => {
  test.each(animals.filter(({ cage }) => cage !== undefined))(
    "$name",
    async ({ name, cage }: Animal) => {
      const { port, fault, stop } = await (cage as NonNullable<Animal["cage"]>)(await pair.port);
      onTestFinished(stop);
      let cutAt = 60;
      const outcome = await pair.talk({
        name: `talk-${String(animals.findIndex((animal) => animal.name === name))}`,
        port,
        plan: { messages, everyMs: 2 },
        receiveProgress(distinct) {
          // Of two copies of a RESUME the second is refused, and it is the one whose answer this animal passes on: behind it a
          // session begins, and once cut does not go on (wire/session-v1 §3.1).
          if (distinct < cutAt || fault === undefined || fault.faults.http?.repeatPosts === true) return;
          cutAt += 80;
          fault.cut();
        },
      });
      expect(outcome.first).toBeDefined();
      expect(outcome).toMatchObject({ up: complete, down: complete, ends: [] });
    },
    60_000,
  );
});

test.each(animals.filter(({ name, cage }) => ["nginx", "haproxy"].includes(name) && cage !== undefined))(
  "F-32 $name as it is lets a stream through as it comes: the server forbids it to collect",
  async ({ cage }) => {
    const server = createServer();
    onTestFinished(() => server.close());
    server.route("/talk", { open: (socket) => void socket.send("hello") });
    const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
    const { port: front, stop } = await (cage as NonNullable<Animal["cage"]>)(port);
    onTestFinished(stop);
    const line = new Line(`http://127.0.0.1:${String(front)}`, { transports: ["stream"] });
    onTestFinished(() => line.close());
    const socket = line.open("/talk");
    const [{ data }] = (await once(socket, "message")) as [MessageEvent];
    expect([data, line.transport]).toEqual(["hello", "stream"]);
  },
);

test("the zoo has every animal that it is meant to have, and nothing that is missing here passes unnoticed", () => {
  expect(animals.map(({ name }) => name)).toEqual([
    "nothing",
    "strips Upgrade",
    "403 on upgrade",
    "101, then silence",
    "buffers whole",
    "holds the first piece",
    "repeats POSTs",
    "cuts every 30 s",
    "cuts idle at 60 s",
    "cuts idle at 10 s",
    "1 byte at a time",
    "nginx",
    "haproxy",
  ]);
});
