import { expect, test } from "vitest";
import { DrainWatch } from "../../../src/socket/drain-watch.ts";
import { Writer } from "../../../src/socket/writer.ts";
import { createPipePair, RecordingReceiver } from "../../support/pipe-pair.ts";

const nobody = { receiveDrain() {} };

interface SetUp {
  readonly watch: DrainWatch;
  readonly writer: Writer;
  /** How many of those who wait were told. */
  readonly told: () => Promise<number>;
  readonly wait: () => void;
  /** The far end reads. */
  readonly read: () => void;
}

function setUp(windowBytes: number): SetUp {
  const [pipe, far] = createPipePair({ windowBytes });
  far.open(new RecordingReceiver());
  const writer = new Writer(pipe, 1_000);
  const watch = new DrainWatch(pipe, writer);
  let told = 0;
  return {
    watch,
    writer,
    told: async () => {
      await Promise.resolve();
      return told;
    },
    wait: () => void watch.wait().then(() => told++),
    read: () => {
      while (far.hasIncoming) far.deliver();
    },
  };
}

test("all who wait are told when nothing is pending, once", async () => {
  const { watch, told, wait } = setUp(100);
  wait();
  wait();
  expect(await told()).toBe(0);
  expect(watch.check(nobody)).toBe(false);
  expect(await told()).toBe(2);
  watch.check(nobody);
  expect(await told()).toBe(2);
});

test("while a little is pending that no drain will be told of, the pipe is asked, once", async () => {
  const { watch, writer, told, wait, read } = setUp(10);
  writer.pass(new Uint8Array(20));
  writer.flush();
  wait();
  let again = 0;
  for (let count = 0; count < 3; count++) expect(watch.check({ receiveDrain: () => void again++ })).toBe(true);
  expect([again, await told()]).toEqual([0, 0]);
  read();
  await Promise.resolve();
  expect(again).toBe(1);
  watch.check({ receiveDrain: () => void again++ });
  expect(await told()).toBe(1);
});

test("while bytes wait that the pipe has not got, those who wait are told after these too", async () => {
  const { watch, writer, told, wait, read } = setUp(10);
  writer.pass(new Uint8Array(900));
  writer.flush();
  writer.pass(new Uint8Array(1));
  wait();
  let again = 0;
  watch.check({ receiveDrain: () => void again++ });
  read();
  await Promise.resolve();
  expect([again, await told()]).toEqual([1, 0]);
  writer.flush();
  read();
  watch.check(nobody);
  expect(await told()).toBe(1);
});

test("V-22 while it is congested the pipe is asked though nobody waits: its own mark may be higher than our bound", async () => {
  const { watch, writer, read } = setUp(10);
  writer.pass(new Uint8Array(1_010));
  writer.flush();
  expect(writer.congested).toBe(true);
  let again = 0;
  for (let count = 0; count < 3; count++) watch.check({ receiveDrain: () => void again++ });
  read();
  await Promise.resolve();
  expect(again).toBe(1);
  watch.check({ receiveDrain: () => void again++ });
  await Promise.resolve();
  expect(again).toBe(1);
});

test("nobody waits for what will never leave", async () => {
  const { watch, writer, told, wait } = setUp(0);
  writer.pass(new Uint8Array(20));
  wait();
  watch.settle();
  expect(await told()).toBe(1);
});

test("it costs the pipe nothing while nobody waits and little is pending", async () => {
  const { watch, writer, read } = setUp(10);
  writer.pass(new Uint8Array(20));
  writer.flush();
  expect(watch.check({ receiveDrain: () => expect.fail("asked the pipe for nobody") })).toBe(false);
  read();
  await Promise.resolve();
});
