import { once } from "node:events";
import { PassThrough, Duplex } from "node:stream";
import { expect, test } from "vitest";
import { RawTap } from "../../../../src/cli/lab/raw-tap.ts";

function tapped(): { tap: RawTap; from: PassThrough; to: PassThrough; seen: string[] } {
  const [from, to] = [new PassThrough(), new PassThrough()];
  const seen: string[] = [];
  const inner = Duplex.from({ readable: from, writable: to });
  const tap = new RawTap(inner, (direction, bytes) => seen.push(`${direction} ${Buffer.from(bytes).toString()}`));
  return { tap, from, to, seen };
}

test("what passes is seen and not changed, both ways", async () => {
  const { tap, from, to, seen } = tapped();
  from.write("hello");
  const [heard] = (await once(tap, "data")) as [Buffer];
  tap.write("world");
  const [sent] = (await once(to, "data")) as [Buffer];
  expect([heard.toString(), sent.toString()]).toEqual(["hello", "world"]);
  expect(seen).toEqual(["in hello", "out world"]);
});

test("what is put in between goes out as if it had been written", async () => {
  const { tap, to, seen } = tapped();
  tap.write("a");
  tap.insert(Buffer.from("b"));
  tap.end("c");
  const chunks: Buffer[] = [];
  for await (const chunk of to) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe("abc");
  expect(seen).toEqual(["out a", "out b", "out c"]);
});

test("the end of the one is the end of the other", async () => {
  const { tap, from } = tapped();
  from.end("bye");
  const chunks: Buffer[] = [];
  tap.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(tap, "end");
  expect(Buffer.concat(chunks).toString()).toBe("bye");
  const broken = tapped();
  broken.tap.on("error", () => {});
  broken.from.destroy(new Error("cut"));
  await new Promise((resolve) => broken.tap.on("close", resolve));
  expect(broken.tap.destroyed).toBe(true);
});
