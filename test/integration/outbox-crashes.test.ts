// A program with a file outbox is killed at every point at which something could be lost or doubled, and started again until it
// has said all it had to say. The counter is the application's: it hears each number once, in order.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createServer } from "../../src/server/index.ts";
import { root } from "../support/source-scan.ts";

const LAST = 40;
const points = [
  "before-append",
  "torn-append",
  "after-append",
  "after-sending",
  "before-removal",
  "after-removal",
  "drained",
] as const;

let folder = "";
let program = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "outbox-"));
  program = join(folder, "writer.mjs");
  await build({
    entryPoints: [join(root, "test/integration/children/outbox-writer.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    // What the package says of its side effects it says of dist/.
    ignoreAnnotations: true,
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Death {
  readonly signal: string | null;
  readonly said: string;
}

/** `blocks`: how many of 512 bytes a file may have. */
async function run(args: readonly string[], blocks?: number): Promise<Death> {
  const command = [process.execPath, program, ...args];
  const limited = ["/bin/sh", "-c", `ulimit -f ${blocks} && exec "$@"`, "sh", ...command];
  const [file = "", ...rest] = blocks === undefined ? command : limited;
  const child = spawn(file, rest, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  return { signal, said };
}

/** The server, and programs that talk to it until the last number. */
async function begin(
  name: string,
  last = LAST,
): Promise<{
  readonly heard: number[];
  live(point: string, count: number, transport?: string, blocks?: number): Promise<Death>;
}> {
  const heard: number[] = [];
  const server = createServer();
  server.route("/numbers", {
    message(_socket, data) {
      heard.push(Number(data));
      // Some are done with later, and hold the next one back until then.
      return heard.length % 5 === 0 ? new Promise((resolve) => void setImmediate(resolve)) : undefined;
    },
  });
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => server.close());
  const file = join(folder, `${name}.outbox`);
  return {
    heard,
    live(point, count, transport, blocks) {
      const words = [`http://127.0.0.1:${port}`, file, heard.length, last, point, count].map(String);
      return run(transport === undefined ? words : [...words, transport], blocks);
    },
  };
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

test.each(points)("I-02 I-03 a program killed %s loses nothing and doubles nothing", async (point) => {
  const { heard, live } = await begin(point);
  let deaths = 0;
  for (const count of [1, 2, 4]) deaths += (await live(point, count)).signal === "SIGKILL" ? 1 : 0;
  expect(deaths).toBeGreaterThan(0);
  expect(await live("", 0)).toEqual({ signal: null, said: "close 1000 \n" });
  expect(heard).toEqual(upTo(LAST));
});

test.each(["stream", "longpoll", "poll"])(
  "I-02 I-03 nor does one that talks by %s",
  { timeout: 60_000 },
  async (transport) => {
    const { heard, live } = await begin(transport);
    expect((await live("after-sending", 2, transport)).signal).toBe("SIGKILL");
    expect((await live("before-removal", 1, transport)).signal).toBe("SIGKILL");
    expect(await live("", 0, transport)).toEqual({ signal: null, said: "close 1000 \n" });
    expect(heard).toEqual(upTo(LAST));
  },
);

test("I-02 a disk that is full ends the socket, says what it did not take, and keeps what it did", async () => {
  const { heard, live } = await begin("full", 1_000);
  const { signal, said } = await live("", 0, undefined, 1);
  expect([signal, said]).toEqual([null, "LW_OUTBOX_STORE\nclose 1006 LW_OUTBOX_STORE\n"]);
  expect(heard.length).toBeLessThan(1_000);
  expect(await live("", 0)).toEqual({ signal: null, said: "close 1000 \n" });
  expect(heard).toEqual(upTo(1_000));
});
