import { createServer, request } from "node:http";
import { describe, expect, test } from "vitest";
import type { Clock } from "../../../src/base/clock.ts";
import { SimulatedNetwork, type SimulatedNetworkOptions } from "../../../src/testing/simulated-network.ts";
import { settled, VirtualClock } from "../../../src/testing/virtual-clock.ts";

function begin(options: Omit<SimulatedNetworkOptions, "clock"> = {}): {
  clock: VirtualClock;
  network: SimulatedNetwork;
  connection: ReturnType<SimulatedNetwork["connect"]>;
  heard: string[];
} {
  const clock = new VirtualClock(0);
  const network = new SimulatedNetwork({ clock, ...options });
  const connection = network.connect();
  const heard: string[] = [];
  for (const name of ["near", "far"] as const) {
    const end = connection[name];
    end.on("data", (bytes: Uint8Array) =>
      heard.push(`${String(clock.now())} ${name} ${Buffer.from(bytes).toString()}`),
    );
    end.on("end", () => heard.push(`${name} end`));
    end.on("error", (error: Error & { code?: string }) => heard.push(`${name} ${String(error.code)}`));
  }
  return { clock, network, connection, heard };
}

describe("SimulatedNetwork", () => {
  test("bytes take their time, keep their order, and come in pieces no larger than asked", async () => {
    const { clock, connection, heard } = begin({ latencyMs: 10, bytesPerSecond: 1_000, sliceBytes: 2 });
    connection.near.write("abcde");
    connection.far.write("x");
    await clock.advanceAsync(100);
    expect(heard).toEqual(["11 near x", "12 far ab", "14 far cd", "15 far e"]);
    expect(connection.bytes).toBe(6);
  });

  test("nothing overtakes, whatever the latency", async () => {
    const { clock, connection, heard } = begin({ latencyMs: [0, 50], seed: 3 });
    for (const text of "abcdefgh") connection.near.write(text);
    await clock.advanceAsync(1_000);
    expect(heard.map((line) => line.at(-1)).join("")).toBe("abcdefgh");
  });

  test("nor does the order in which the timers of one millisecond fire", async () => {
    const due: (() => void)[] = [];
    const clock: Clock = { now: () => 0, schedule: (_ms, run) => (due.unshift(run), { cancel() {} }) };
    const { near, far } = new SimulatedNetwork({ clock, latencyMs: 50, sliceBytes: 1 }).connect();
    const heard: string[] = [];
    far.on("data", (bytes: Uint8Array) => heard.push(Buffer.from(bytes).toString()));
    near.write("abc");
    for (const run of due.splice(0)) run();
    await settled();
    expect(heard.join("")).toBe("abc");
  });

  test("an end is heard behind what was sent before it", async () => {
    const { clock, network, connection, heard } = begin({ latencyMs: 5 });
    connection.near.end("bye");
    await clock.advanceAsync(10);
    connection.far.end();
    await clock.advanceAsync(10);
    expect(heard).toEqual(["5 far bye", "far end", "near end"]);
    expect(network.connections.size).toBe(0);
  });

  test.each([1, 3, 4])("cut after %i bytes: these arrive, no more, and both ends are told", async (cutAfterBytes) => {
    const { clock, connection, heard } = begin({ cutAfterBytes, sliceBytes: 1 });
    connection.near.write("abcdef");
    await clock.advanceAsync(10);
    expect(heard.filter((line) => / far .$/.test(line))).toHaveLength(cutAfterBytes);
    expect(heard.slice(-2).toSorted()).toEqual(["far ECONNRESET", "near ECONNRESET"]);
  });

  test("cut after so many bytes of one piece: its beginning arrives", async () => {
    const { clock, connection, heard } = begin({ cutAfterBytes: 4 });
    connection.near.write("abcdef");
    await clock.advanceAsync(10);
    expect([heard[0], connection.bytes]).toEqual([expect.stringMatching(/ far abcd$/), 4]);
    expect(heard.slice(1).toSorted()).toEqual(["far ECONNRESET", "near ECONNRESET"]);
  });

  test("cut after a time, whatever goes over it; a connection that ends leaves no timer", async () => {
    const { clock, network, connection, heard } = begin({ cutAfterMs: 30_000 });
    await clock.advanceAsync(29_000);
    connection.near.write("x");
    await clock.advanceAsync(999);
    expect(heard).toEqual(["29000 far x"]);
    await clock.advanceAsync(1);
    expect(heard.slice(1).toSorted()).toEqual(["far ECONNRESET", "near ECONNRESET"]);
    const { near, far } = network.connect();
    near.destroy();
    far.destroy();
    await clock.advanceAsync(1);
    expect([network.connections.size, clock.pendingCount]).toEqual([0, 0]);
  });

  test("cut when nothing went over it for a time, either way", async () => {
    const { clock, connection, heard } = begin({ cutIdleMs: 60_000 });
    for (const end of [connection.near, connection.far]) {
      await clock.advanceAsync(59_999);
      end.write("x");
    }
    await clock.advanceAsync(59_998);
    expect(heard).toEqual(["59999 far x", "119998 near x"]);
    await clock.advanceAsync(2);
    expect(heard).toHaveLength(4);
  });

  test("a black hole swallows, and tells nobody", async () => {
    const { clock, connection, heard } = begin();
    connection.blackhole();
    connection.near.write("lost");
    connection.far.end("lost");
    await clock.advanceAsync(1_000_000);
    expect([heard, connection.near.destroyed]).toEqual([[], false]);
  });

  test("half open: one end is gone, the other one believes in it", async () => {
    const { clock, connection, heard } = begin();
    connection.halfOpen("far");
    connection.near.write("hello?");
    await clock.advanceAsync(1_000);
    expect([heard, connection.near.destroyed, connection.far.destroyed]).toEqual([[], false, true]);
  });

  test("the same seed, the same run", async () => {
    const runs = await Promise.all(
      [7, 7, 8].map(async (seed) => {
        const { clock, connection, heard } = begin({ latencyMs: [0, 100], seed, sliceBytes: 1 });
        connection.near.write("abcdefgh");
        await clock.advanceAsync(1_000);
        return heard.join();
      }),
    );
    expect([runs[0] === runs[1], runs[0] === runs[2]]).toEqual([true, false]);
  });

  test("a server takes its ends for sockets", async () => {
    const { clock, network } = begin({ latencyMs: 1, sliceBytes: 3 });
    const server = createServer((_message, response) => response.end("hello"));
    const { near, far } = network.connect();
    server.emit("connection", far);
    let body = "";
    const asked = request({ createConnection: () => near, path: "/" }, (message) => {
      message.on("data", (chunk: Buffer) => (body += chunk.toString()));
    });
    asked.end();
    await settled(10);
    await clock.advanceAsync(2_000);
    expect(body).toBe("hello");
    network.cut();
    await settled(5);
  });
});
