import { expect, test } from "vitest";
import { SendQueue } from "../../../src/base/send-queue.ts";
import { FakeCarrier } from "../../support/fake-carrier.ts";

/** A Blob that is read when the test says so. */
class SlowBlob extends Blob {
  readonly #content: string;
  deliver: () => void = () => {};
  fail: (error: Error) => void = () => {};

  constructor(content: string) {
    super([content]);
    this.#content = content;
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return new Promise((resolve, reject) => {
      this.deliver = () => resolve(new TextEncoder().encode(this.#content).buffer);
      this.fail = reject;
    });
  }
}

const text = (data: string | Uint8Array | undefined): unknown =>
  data instanceof Uint8Array ? `blob ${Buffer.from(data).toString()}` : data;

test("P-96 a Blob counts at once and holds back what was sent after it", async () => {
  const carrier = new FakeCarrier();
  const blob = new SlowBlob("first");
  const finished: number[] = [];
  const queue = new SendQueue(carrier, blob, (undelivered) => finished.push(undelivered));
  queue.push("second");
  expect(queue.bytes).toBe(11);
  expect(carrier.sent).toEqual([]);
  blob.deliver();
  await queue.emptied();
  expect(carrier.sent.map(text)).toEqual(["blob first", "second"]);
  expect(queue.bytes).toBe(0);
  expect(finished).toEqual([0]);
});

test("bytes are copied while they wait", async () => {
  const carrier = new FakeCarrier();
  const blob = new SlowBlob("");
  const queue = new SendQueue(carrier, blob, () => {});
  const bytes = Uint8Array.of(1, 2, 3);
  queue.push(bytes);
  bytes.fill(0);
  blob.deliver();
  await queue.emptied();
  expect(carrier.sent[1]).toEqual(Uint8Array.of(1, 2, 3));
});

test("closing comes after what waits", async () => {
  const carrier = new FakeCarrier();
  const blob = new SlowBlob("x");
  const queue = new SendQueue(carrier, blob, () => {});
  queue.closeAfter(4000, "done");
  expect(carrier.closes).toEqual([]);
  blob.deliver();
  await queue.emptied();
  expect(carrier.sent).toHaveLength(1);
  expect(carrier.closes).toEqual([[4000, "done"]]);
});

test("P-96 what the carrier no longer takes stays counted", async () => {
  const carrier = new FakeCarrier();
  carrier.pressure = "dropped";
  const blob = new SlowBlob("abc");
  const finished: number[] = [];
  const queue = new SendQueue(carrier, blob, (undelivered) => finished.push(undelivered));
  queue.push("de");
  blob.deliver();
  await queue.emptied();
  expect(finished).toEqual([5]);
});

test("an abandoned queue sends nothing and reports nothing", async () => {
  const carrier = new FakeCarrier();
  const blob = new SlowBlob("abc");
  const queue = new SendQueue(carrier, blob, () => {
    throw new Error("finished");
  });
  queue.abandon();
  blob.deliver();
  await queue.emptied();
  expect(carrier.sent).toEqual([]);
});

test("a Blob that cannot be read ends the connection: what follows would arrive without it", async () => {
  const carrier = new FakeCarrier();
  const blob = new SlowBlob("abc");
  const queue = new SendQueue(carrier, blob, () => {});
  queue.push("next");
  blob.fail(new Error("file changed"));
  await queue.emptied();
  expect(carrier.sent).toEqual([]);
  expect(carrier.terminations).toEqual([expect.objectContaining({ code: "LW_SOCKET_BLOB_UNREADABLE" })]);
});
