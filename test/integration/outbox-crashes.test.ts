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

async function run(args: readonly string[]): Promise<{ readonly signal: string | null; readonly said: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  return { signal, said };
}

test.each(points)("I-02 I-03 a program killed %s loses nothing and doubles nothing", async (point) => {
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
  const file = join(folder, `${point}.outbox`);
  const live = (at: string, count: number): ReturnType<typeof run> =>
    run([`http://127.0.0.1:${port}`, file, String(heard.length), String(LAST), at, String(count)]);
  let deaths = 0;
  for (const count of [1, 2, 4]) deaths += (await live(point, count)).signal === "SIGKILL" ? 1 : 0;
  expect(deaths).toBeGreaterThan(0);
  expect(await live("", 0)).toEqual({ signal: null, said: "close 1000 \n" });
  expect(heard).toEqual(Array.from({ length: LAST }, (_, index) => index + 1));
});
