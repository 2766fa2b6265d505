// A program with a file outbox that dies where it is told: sends the numbers from the one after the last that is kept or was
// handled, up to a last one, and ends when the server has handled them all, or its socket closes before. arguments: URL, file,
// handled, last, point, count, transport
import { writeFileSync, openSync, closeSync } from "node:fs";
import { FileStore } from "../../../src/client/node-outbox/file-store.ts";
import { encodeFrame } from "../../../src/client/node-outbox/log.ts";
import { Line } from "../../../src/client/node.ts";
import { Outbox } from "../../../src/client/outbox/outbox.ts";
import type { TransportKind } from "../../../src/session/way.ts";
import type { OutboxContent, OutboxStore, StoreChanges } from "../../../src/client/outbox/store.ts";

const [url = "", path = "", handled = "0", last = "0", point = "", count = "0", transport] = process.argv.slice(2);
let left = Number(count);

/** Dies the `count`th time that the program comes to its point. */
function pass(where: string): void {
  if (where === point && --left === 0) process.kill(process.pid, "SIGKILL");
}

class MortalStore implements OutboxStore {
  readonly #inner = new FileStore(path, true);
  kept = 0;

  async open(): Promise<OutboxContent> {
    const content = await this.#inner.open();
    const newest = content.messages.at(-1);
    if (newest !== undefined) this.kept = Number(new TextDecoder().decode(newest.bytes));
    return content;
  }

  async write(changes: StoreChanges): Promise<void> {
    const { appended, renumbered, removedKeys } = changes;
    const isSending = appended.length + renumbered.length > 0;
    if (isSending) pass("before-append");
    if (isSending && point === "torn-append" && left === 1) {
      const frame = encodeFrame(changes);
      const file = openSync(path, "a");
      writeFileSync(file, frame.subarray(0, frame.length - 3));
      closeSync(file);
    }
    if (isSending) pass("torn-append");
    if (removedKeys.length > 0) pass("before-removal");
    await this.#inner.write(changes);
    if (isSending) pass("after-append");
    if (removedKeys.length > 0) pass("after-removal");
    // What is in the store now has left when this is called.
    if (isSending) setImmediate(() => setImmediate(() => pass("after-sending")));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

const store = new MortalStore();
const outbox = new Outbox(store, { whenUnknown: "resend" });
const line = new Line(url, transport === undefined ? {} : { transports: [transport as TransportKind] });
const socket = line.open("/numbers", [], { outbox });
socket.addEventListener("outbox", ({ cause }) => process.stdout.write(`${cause.code}\n`));
socket.addEventListener("close", ({ code }) => {
  process.stdout.write(`close ${code} ${socket.cause?.code ?? ""}\n`);
  if (code !== 1000) process.exitCode = 1;
  line.close();
});
socket.addEventListener("open", () => void send());

async function send(): Promise<void> {
  for (let number = Math.max(Number(handled), store.kept) + 1; number <= Number(last); number++) {
    socket.send(String(number));
    // Several in one write, and several writes.
    if (number % 3 === 0) await new Promise((resolve) => void setImmediate(resolve));
  }
  await socket.drained();
  if (socket.readyState !== socket.OPEN) return;
  pass("drained");
  const closed = new Promise((resolve) => {
    socket.addEventListener("close", resolve);
  });
  socket.close(1000);
  await closed;
  await outbox.close();
}
