// A connection with a NAT on its way, in virtual time.
import { expect, test } from "vitest";
import { givesUpMs, Path } from "../../../../../src/cli/lab/persist/path.ts";
import { SimulatedNetwork, VirtualClock } from "../../../../../src/testing/index.ts";

const minute = 60_000;

interface Laid {
  readonly path: Path;
  readonly clock: VirtualClock;
  readonly events: string[];
  readonly heard: string[];
}

function lay(natMinutes: number): Laid {
  const clock = new VirtualClock(0);
  const network = new SimulatedNetwork({ clock, latencyMs: 25 });
  const events: string[] = [];
  const at = (): number => Math.round(clock.now() / 1_000);
  const path: Path = new Path(network.connect(), clock, natMinutes * minute, {
    passed: (bytes, holdsNews) => events.push(`${holdsNews ? "news" : "frame"} of ${bytes}`),
    died: (cause) => events.push(`${cause} at ${at()}`),
    left: (end) => events.push(`${end} left at ${at()}`),
  });
  const heard: string[] = [];
  path.page.on("data", (chunk: Buffer) => heard.push(chunk.toString("latin1")));
  path.server.resume();
  return { path, clock, events, heard };
}

test("as long as something passes it is not forgotten; after the silence nothing arrives and nobody is told", async () => {
  const { path, clock, events, heard } = lay(5);
  for (let count = 0; count < 5; count++) {
    path.server.write("x");
    await clock.advanceAsync(4 * minute);
  }
  expect(heard).toHaveLength(5);
  await clock.advanceAsync(2 * minute);
  expect(events).toEqual([`nat at ${16 * 60 + 300}`]);
  path.server.write("y");
  await clock.advanceAsync(minute);
  expect([heard.length, path.page.destroyed, path.server.destroyed]).toEqual([5, false, false]);
});

test("who sends into nothing is told by TCP in the end, who only listens never is", async () => {
  const { path, clock, events } = lay(5);
  await clock.advanceAsync(10 * minute);
  path.server.write("into nothing");
  await clock.advanceAsync(givesUpMs - 1_000);
  expect(path.server.destroyed).toBe(false);
  await clock.advanceAsync(2_000);
  expect(events).toEqual(["nat at 300", `server left at ${Math.round(600 + givesUpMs / 1_000)}`]);
  await clock.advanceAsync(24 * 60 * minute);
  expect(path.page.destroyed).toBe(false);
});

test("0 minutes: a NAT that never forgets", async () => {
  const { path, clock, events, heard } = lay(0);
  await clock.advanceAsync(24 * 60 * minute);
  path.server.write("still here");
  await clock.advanceAsync(minute);
  expect([events, heard]).toEqual([[], ["still here"]]);
});

test("frames behind the heads are told, wherever they are cut, and those with news by name", async () => {
  const { path, clock, events } = lay(0);
  const frames = Buffer.concat([Buffer.from([0x89, 0]), Buffer.from([0x81, 6]), Buffer.from("news 1")]);
  for (const piece of ["HTTP/1.1 101 x\r\n", "\r\n", frames.subarray(0, 4), frames.subarray(4)]) {
    path.server.write(piece);
    await clock.advanceAsync(1_000);
  }
  expect(events).toEqual(["frame of 2", "news of 8"]);
});

test("each end leaves once, whether it says so or its stream ends", async () => {
  const { path, clock, events } = lay(5);
  path.leave("page");
  path.page.destroy();
  await clock.advanceAsync(minute);
  expect(events[0]).toBe("page left at 0");
  path.server.destroy();
  await clock.advanceAsync(minute);
  expect(events).toHaveLength(2);
  path.die("trouble");
  expect(events).toHaveLength(2);
});
