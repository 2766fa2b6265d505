import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Clock } from "../../../src/base/clock.ts";
import { createFaultProxy, type FaultProxy, type Faults } from "../../../src/testing/fault-proxy.ts";
import { VirtualClock } from "../../../src/testing/virtual-clock.ts";

interface Bench {
  readonly proxy: FaultProxy;
  readonly clock: VirtualClock;
  readonly client: Socket;
  readonly far: Socket;
  readonly heard: string[];
}

async function begin(faults: Faults = {}, timing?: Clock): Promise<Bench> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const clock = new VirtualClock();
  const proxy = await createFaultProxy({
    target: { port: (server.address() as AddressInfo).port },
    faults,
    clock: timing ?? clock,
  });
  const client = connect(proxy.port, "127.0.0.1");
  const heard: string[] = [];
  client.on("error", (error: Error & { code?: string }) => heard.push(`error ${String(error.code)}`));
  client.on("data", (chunk: Buffer) => heard.push(chunk.toString()));
  client.on("end", () => heard.push("end"));
  client.on("close", () => heard.push("close"));
  const [far] = (await once(server, "connection")) as [Socket];
  far.on("error", () => {});
  onTestFinished(async () => {
    client.destroy();
    far.destroy();
    await proxy.close();
    server.close();
  });
  return { proxy, clock, client, far, heard };
}

const until = async (sign: () => boolean): Promise<void> => {
  await expect.poll(sign, { timeout: 5_000, interval: 2 }).toBe(true);
};

describe("createFaultProxy", () => {
  test("with nothing wrong it passes on everything, ends included, and counts", async () => {
    const { proxy, client, far, heard } = await begin();
    client.write("up");
    const [up] = (await once(far, "data")) as [Buffer];
    far.end("down");
    await until(() => heard.includes("end"));
    client.end();
    await until(() => proxy.connectionCount === 0);
    expect([up.toString(), heard[0]]).toEqual(["up", "down"]);
    expect(proxy.counts).toMatchObject({ connections: 1, bytesUp: 2, bytesDown: 4, cuts: 0 });
  });

  test("latency is the clock's", async () => {
    const { clock, far, heard } = await begin({ latencyMs: 500 });
    far.write("late");
    await until(() => clock.pendingCount > 0);
    clock.advance(499);
    expect(heard).toEqual([]);
    clock.advance(1);
    await until(() => heard.length > 0);
    expect(heard).toEqual(["late"]);
  });

  test("a narrow line is read no faster than it carries: whoever sends feels it, and everything arrives", async () => {
    const MiB = 1024 * 1024;
    const { proxy, clock, client, far } = await begin({ bytesPerSecond: 10 * MiB });
    client.removeAllListeners("data");
    client.resume();
    far.write(Buffer.alloc(32 * MiB));
    await until(() => clock.pendingCount > 0);
    // Turns enough to read it all.
    for (let turn = 0; turn < 5_000; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(far.writableLength).toBeGreaterThan(0);
    expect(proxy.counts.bytesDown).toBe(0);
    await until(() => {
      clock.advance(100);
      return proxy.counts.bytesDown === 32 * MiB;
    });
    expect(clock.now()).toBeGreaterThanOrEqual(3_200);
  });

  test("one byte at a time", async () => {
    const { far, proxy, heard } = await begin({ sliceBytes: 1, latencyMs: [0, 0] });
    far.write("abc");
    await until(() => heard.join("") === "abc");
    expect(proxy.counts.bytesDown).toBe(3);
  });

  test("bytes keep their order, in whichever order the timers of one millisecond fire", async () => {
    const due: (() => void)[] = [];
    const backwards: Clock = { now: () => 0, schedule: (_ms, run) => (due.unshift(run), { cancel() {} }) };
    const { far, heard } = await begin({ sliceBytes: 1, latencyMs: 50 }, backwards);
    far.write("abc");
    await until(() => due.length === 3);
    for (const run of due) run();
    await until(() => heard.join("").length === 3);
    expect(heard.join("")).toBe("abc");
  });

  test("cut after so many bytes: no more arrive", async () => {
    const { far, proxy, heard } = await begin({ cutAfterBytes: 2, sliceBytes: 1 });
    far.write("abc");
    await until(() => heard.includes("close"));
    expect(heard.join()).not.toContain("c,");
    expect(proxy.counts).toMatchObject({ cuts: 1, bytesDown: 2 });
  });

  test("cut after so many bytes of one piece: what is behind them does not arrive", async () => {
    const { far, proxy, heard } = await begin({ cutAfterBytes: 2 });
    far.write("abc");
    await until(() => heard.includes("close"));
    expect(heard.join()).not.toContain("c,");
    expect(proxy.counts).toMatchObject({ cuts: 1, bytesDown: 2 });
  });

  test("cut after a time, and when nothing goes over it, by the clock", async () => {
    const timed = await begin({ cutAfterMs: 30_000 });
    timed.clock.advance(29_999);
    expect(timed.proxy.connectionCount).toBe(1);
    timed.clock.advance(1);
    await until(() => timed.heard.includes("close"));
    const idle = await begin({ cutIdleMs: 60_000 });
    idle.clock.advance(59_000);
    idle.far.write("x");
    await until(() => idle.heard.length > 0);
    idle.clock.advance(59_000);
    expect(idle.proxy.connectionCount).toBe(1);
    idle.clock.advance(1_000);
    await until(() => idle.heard.includes("close"));
  });

  test("a black hole that is switched on while it runs swallows, and tells nobody", async () => {
    const { proxy, far, heard } = await begin();
    far.write("1");
    await until(() => heard.length === 1);
    proxy.faults = { blackhole: true };
    far.write("2");
    proxy.faults = {};
    proxy.cut();
    await until(() => heard.includes("close"));
    expect(proxy.counts.cuts).toBe(1);
  });

  test("a target that is not there ends the connection", async () => {
    const unused = createServer();
    unused.listen(0, "127.0.0.1");
    await once(unused, "listening");
    const { port } = unused.address() as AddressInfo;
    unused.close();
    const proxy = await createFaultProxy({ target: { port } });
    const client = connect(proxy.port, "127.0.0.1");
    client.on("error", () => {});
    await once(client, "close");
    await proxy.close();
    expect(proxy.connectionCount).toBe(0);
  });
});
