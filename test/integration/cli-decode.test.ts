// `longwire decode` as a process: a dump in a pipe, a capture in a file, and every kind of input that is neither, each with one
// sentence and an exit code. The capture is one of a conversation that really went on, with a proxy in place of the network.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createTcpServer, type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { Line } from "../../src/client/node.ts";
import { createServer } from "../../src/server/index.ts";
import { conversation, ethernet, pcap, pcapng } from "../support/capture-builder.ts";
import { runCli, startCli, stopAll } from "../support/cli-process.ts";

// Each test is several processes.
vi.setConfig({ testTimeout: 60_000 });

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "longwire-decode-"));
});
afterAll(() => {
  stopAll();
  rmSync(folder, { recursive: true });
});

const file = (name: string, contents: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
};

/** What goes over the first connection to `port` while `talk` runs, each chunk with its sender. */
async function tap(
  port: number,
  talk: (port: number) => Promise<void>,
): Promise<(readonly ["client" | "server", Uint8Array])[]> {
  const turns: (readonly ["client" | "server", Uint8Array])[] = [];
  const server = createTcpServer((near) => {
    const far = connect(port, "127.0.0.1");
    near.on("data", (chunk: Uint8Array) => (turns.push(["client", chunk]), far.write(chunk)));
    far.on("data", (chunk: Uint8Array) => (turns.push(["server", chunk]), near.write(chunk)));
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
    for (const socket of [near, far]) socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  await talk((server.address() as AddressInfo).port);
  return turns;
}

describe("what is explained", () => {
  test("a dump in a pipe", async () => {
    const { code, out, err } = await runCli(["decode"], "00000000: 8185 37fa 213d 7f9f 4d51 58      ..7.!=..MQX\n");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe('@000000 client -> server text, FIN, masked, 5 bytes   [81 85 37 fa 21 3d]\n           "Hello"\n');
  });

  test("a real session over a real WebSocket, out of a capture, as lines and as JSON", async () => {
    const server = createServer();
    onTestFinished(() => server.close());
    server.route("/talk", { message: (socket, data) => void socket.send(data) });
    const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
    const turns = await tap(port, async (front) => {
      const line = new Line(`ws://127.0.0.1:${front}`, { token: () => "canary-token", transports: ["websocket"] });
      const socket = line.open("/talk");
      await once(socket, "open");
      socket.send("hello from a session");
      await once(socket, "message");
      socket.close(3001, "enough");
      await once(socket, "close");
      line.close();
    });
    const packets = conversation(turns).map((packet, index) => ({
      bytes: ethernet(packet),
      at: 1_000 + index / 1_000,
    }));
    const capture = file("session.pcapng", pcapng(packets));
    const { code, out, err } = await runCli(["decode", capture, "--port", "8101"]);
    expect([code, err]).toEqual([0, ""]);
    for (const words of [
      "127.0.0.1:50000 <-> 127.0.0.1:8101",
      "client -> server GET /longwire HTTP/1.1",
      "server -> client HTTP/1.1 101 Switching Protocols",
      "GREET: a Longwire server, versions 1 to 1",
      "HELLO: a new session",
      "a token of 12 bytes",
      "WELCOME: version 1, a ticket of",
      "OPEN /talk",
      'SLICE: the end of a message, 20 bytes "hello from a session"',
      '"enough"',
      "DATA: channel 1 CLOSE 3001",
    ]) {
      expect(out).toContain(words);
    }
    expect(out).not.toContain("canary-token");
    const json = await runCli(["decode", capture, "--json"]);
    const objects = json.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string; packets?: string[] });
    expect(objects[0]).toMatchObject({ kind: "connection", between: ["127.0.0.1:50000", "127.0.0.1:8101"] });
    expect(objects.flatMap(({ packets: told = [] }) => told).join()).toContain("GREET");
    expect((await runCli(["decode", capture, "--port", "9"])).err).toMatch(/no TCP in them on port 9/);
  });
});

describe("what is not understood gets one sentence and an exit code", () => {
  const whole = pcap(
    conversation([["client", "GET / HTTP/1.1\r\n\r\n"]]).map((bytes) => ({ bytes })),
    { linkType: 101 },
  );
  test.each<[string, Uint8Array | string, RegExp]>([
    ["nothing", "", /^longwire: There is nothing to decode: the input is empty\.\n$/],
    ["words", "hello there\n", /^longwire: This is neither a capture nor hexadecimal \(line 1: hello there\)\. .*\n$/],
    ["binary", Buffer.from([0, 1, 2, 3, 255, 254, 0]), /^longwire: This is neither a capture nor hexadecimal\. .*\n$/],
    ["a dump that ends in words", "81 00\nand so on\n", /^longwire: Line 2 is no hexadecimal: and so on\. .*\n$/],
    [
      "a capture that is cut off",
      whole.subarray(0, -3),
      /^longwire: The file ends in the middle.* What came before it is shown\.\n$/,
    ],
    [
      "a capture of another link",
      pcap([{ bytes: Buffer.from("x") }], { linkType: 147 }),
      /link type 147 is not known here\.\n$/,
    ],
    ["a capture without packets", pcap([]), /^longwire: 0 packets, and no TCP in them\.\n$/],
    ["the head of a capture", whole.subarray(0, 9), /^longwire: The pcap file ends inside its header\.+\n$/],
    ["an escape", "\u001b[2J\n", /line 1: \\x1b\[2J/],
  ])("%s", async (name, contents, sentence) => {
    const { code, err } = await runCli(["decode", file(`${name}.bin`, contents)]);
    expect(code).toBe(1);
    expect(err).toMatch(sentence);
    expect(err.split("\n")).toHaveLength(2);
    expect(err).not.toContain("\u001b");
  });

  test("no such file, and a folder", async () => {
    expect(await runCli(["decode", join(folder, "none")])).toMatchObject({
      code: 1,
      err: expect.stringContaining("no such file") as string,
    });
    expect(await runCli(["decode", folder])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^longwire: Cannot read .*: it is a folder\.\n$/) as string,
    });
  });

  test("a gigabyte of digits is not read to its end", async () => {
    const cli = startCli(["decode"]);
    let written = 0;
    const digits = Buffer.alloc(1024 * 1024, "61 ");
    const endless = new Readable({ read: () => void endless.push(++written <= 1_024 ? digits : null) });
    endless.pipe(cli.child.stdin);
    expect(await cli.ended).toBe(1);
    endless.destroy();
    expect(cli.err()).toMatch(/^longwire: The input is too large for a hex dump: at most 32 MiB are read\..*\n$/);
    expect(written).toBeLessThan(200);
  });
});
