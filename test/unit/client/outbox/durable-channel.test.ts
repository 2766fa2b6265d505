import { describe, expect, test } from "vitest";
import { RemoteError } from "../../../../src/base/errors.ts";
import { decodeClaim, encodeAnswer, type OutboxAnswer } from "../../../../src/channels/outbox-terms.ts";
import { LineSocket } from "../../../../src/client/line-socket.ts";
import { Outbox, type OutboxOptions } from "../../../../src/client/outbox/outbox.ts";
import type { Passage } from "../../../../src/client/outbox/passage.ts";
import { FakeCarrier } from "../../../support/fake-carrier.ts";
import { settled } from "../../../support/fake-clock.ts";
import { MemoryDisk, MemoryStore } from "../../../support/memory-store.ts";
import { describeOutboxEvent } from "../../../support/outbox-world.ts";

const window = new Uint8Array(8).fill(5);

interface Bench {
  readonly socket: LineSocket;
  readonly outbox: Outbox;
  readonly carrier: FakeCarrier;
  readonly passage: Passage;
  readonly disk: MemoryDisk;
  readonly told: string[];
  accept(answer?: Partial<OutboxAnswer>): Promise<void>;
}

/** A socket whose channel has been asked for. */
async function ask(disk: MemoryDisk = new MemoryDisk(), options: OutboxOptions = {}, texts = ""): Promise<Bench> {
  const socket = new LineSocket("ws://a.example/");
  const outbox = new Outbox(new MemoryStore(disk), options);
  const carrier = new FakeCarrier();
  const told: string[] = [];
  for (const type of ["open", "error"]) socket.addEventListener(type, () => told.push(type));
  socket.addEventListener("close", ({ code }) => told.push(`close ${code}`));
  socket.addEventListener("outbox", (event) => told.push(describeOutboxEvent(event)));
  const passage = await new Promise<Passage>((resolve) => {
    outbox.attach(socket, resolve);
    for (const text of texts) socket.send(text);
  });
  socket.expect(passage.carry(carrier));
  const accept = async (answer: Partial<OutboxAnswer> = {}): Promise<void> => {
    passage.owner.receiveAccepted(encodeAnswer({ window, isKnown: false, settled: 0, called: 0, ...answer }));
    await settled();
  };
  return { socket, outbox, carrier, passage, disk, told, accept };
}

describe("between a socket and its outbox's channel", () => {
  test("I-02 nothing leaves before the server has accepted, and the store knows which one it was", async () => {
    const { carrier, accept, disk, told } = await ask(undefined, {}, "ab");
    await settled();
    expect([carrier.sent, disk.numbers]).toEqual([[], [0, 0]]);
    await accept();
    expect([carrier.sent, disk.numbers, disk.state?.window, told]).toEqual([["a", "b"], [1, 2], window, ["open"]]);
  });

  test("I-02 what is sent once more waits for the store as well", async () => {
    const first = await ask(undefined, {}, "a");
    await first.accept();
    await first.outbox.close();
    const { carrier, accept, told } = await ask(first.disk, { whenUnknown: "resend" });
    const accepted = accept({ window: new Uint8Array(8).fill(6) });
    expect(carrier.sent).toEqual([]);
    await accepted;
    expect([carrier.sent, told]).toEqual([["a"], ["open", "outbox LW_OUTBOX_UNKNOWN: a again"]]);
  });

  test("text leaves as text, bytes as bytes", async () => {
    const { carrier, socket, accept } = await ask();
    await accept();
    socket.send("ä");
    socket.send(Uint8Array.of(1, 2));
    socket.send(new Blob(["x"]));
    await settled();
    expect(carrier.sent).toEqual(["ä", Uint8Array.of(1, 2), Uint8Array.of(120)]);
  });

  test("while the channel is full the rest stays in the outbox, without numbers", async () => {
    const { carrier, socket, accept, disk } = await ask();
    await accept();
    let drain = (): void => {};
    carrier.drained = () => new Promise((resolve) => (drain = resolve));
    carrier.pressure = "queued";
    socket.send("a");
    await settled();
    for (const text of ["b", "c"]) socket.send(text);
    await settled();
    expect([carrier.sent, disk.numbers]).toEqual([["a"], [1, 0, 0]]);
    carrier.pressure = "accepted";
    drain();
    await settled();
    expect([carrier.sent, disk.numbers]).toEqual([
      ["a", "b", "c"],
      [1, 2, 3],
    ]);
  });

  test("I-02 what the handler is done with goes; what cannot be is an error of the channel", async () => {
    const { passage, accept, outbox, socket } = await ask(undefined, {}, "abc");
    await accept();
    const { owner } = passage;
    let isDrained = false;
    void socket.drained().then(() => (isDrained = true));
    expect([owner.receiveHandled?.(2), outbox.pendingCount, owner.receiveHandled?.(2)]).toEqual([true, 1, true]);
    expect([owner.receiveHandled?.(1), owner.receiveHandled?.(4), outbox.pendingCount]).toEqual([false, false, 1]);
    await settled();
    expect(isDrained).toBe(false);
    expect(owner.receiveHandled?.(3)).toBe(true);
    await settled();
    expect([isDrained, socket.bufferedAmount]).toEqual([true, 0]);
  });

  test("whoever waits for the end of it waits no longer when no server was reached", async () => {
    const { socket, outbox } = await ask(undefined, {}, "a");
    let isDrained = false;
    void socket.drained().then(() => (isDrained = true));
    await settled();
    expect(isDrained).toBe(false);
    socket.receiveClosed({ code: 1006, reason: "", wasClean: false, cause: undefined });
    await settled();
    expect([isDrained, outbox.pendingCount]).toEqual([true, 1]);
  });

  test("I-03 the next channel claims what is left, and goes on behind what the handler was called with", async () => {
    const first = await ask(undefined, {}, "abc");
    await first.accept();
    first.passage.owner.receiveHandled?.(1);
    await first.outbox.close();
    const second = await ask(first.disk, {}, "d");
    expect(decodeClaim(second.passage.parameters)).toMatchObject({ window, first: 2, next: 4, resends: false });
    await second.accept({ isKnown: true, settled: 2, called: 3 });
    expect([second.carrier.sent, second.outbox.pendingCount, second.told]).toEqual([["d"], 2, ["open"]]);
    second.passage.owner.receiveHandled?.(4);
    await settled();
    expect(second.disk.texts).toEqual([]);
  });

  test.each<[string, Partial<OutboxAnswer>]>([
    ["less done with than it was told before", { isKnown: true, settled: 0, called: 0 }],
    ["more than it has ever been sent", { isKnown: true, settled: 4, called: 4 }],
    ["to go on in the midst of what it does not know", { settled: 2, called: 2 }],
    ["to go on elsewhere than the outbox wants", { settled: 3, called: 3 }],
  ])("I-02 a server that answers %s is not believed", async (_what, answer) => {
    const first = await ask(undefined, {}, "abc");
    await first.accept();
    first.passage.owner.receiveHandled?.(1);
    await first.outbox.close();
    const { carrier, accept, told, disk } = await ask(first.disk, { whenUnknown: "resend" });
    await accept(answer);
    expect(carrier.terminations).toMatchObject([{ code: "LW_OUTBOX_ANSWER" }]);
    expect([told, carrier.sent, disk.texts]).toEqual([[], [], ["b", "c"]]);
  });

  test("a route that takes no outbox ends the socket, and what was sent stays", async () => {
    const { carrier, passage, told, disk } = await ask(undefined, {}, "a");
    passage.owner.receiveAccepted(new Uint8Array(0));
    await settled();
    expect(carrier.terminations).toMatchObject([{ code: "LW_OUTBOX_REFUSED" }]);
    expect([told, carrier.sent, disk.texts, passage.refusal.code]).toEqual([[], [], ["a"], "LW_OUTBOX_REFUSED"]);
  });

  test("what is too large for the server is given back, and what was behind it goes on with the next channel", async () => {
    const first = await ask();
    await first.accept();
    for (const text of ["a", "huge", "b"]) first.socket.send(text);
    await settled();
    const cause = new RemoteError("LW_CHANNEL_RESET", "", 1009);
    first.passage.owner.receiveClosing();
    first.passage.owner.receiveClosed({ code: 1009, reason: "", wasClean: false, cause });
    await settled();
    expect(first.told).toEqual(["open", "error", "close 1009", "outbox LW_OUTBOX_MESSAGE_SIZE: huge"]);
    await first.outbox.close();
    const second = await ask(first.disk);
    expect(decodeClaim(second.passage.parameters)).toMatchObject({ first: 1, next: 2 });
    await second.accept({ isKnown: true, settled: 1, called: 1 });
    expect([second.carrier.sent, second.disk.numbers]).toEqual([["b"], [2]]);
  });

  test("a close goes to the channel, behind what has left; after it nothing is taken", async () => {
    const { carrier, socket, accept, disk } = await ask();
    await accept();
    socket.send("a");
    socket.close(4_000, "bye");
    await settled();
    expect([carrier.closes, carrier.sent, socket.send("b"), disk.texts]).toEqual([
      [[4_000, "bye"]],
      [],
      "dropped",
      ["a"],
    ]);
    await socket.drained();
  });

  test("pausing, pinging and dropping are the channel's", async () => {
    const { carrier, socket, accept } = await ask();
    socket.pause();
    expect([socket.paused, carrier.paused]).toEqual([true, true]);
    await accept();
    socket.resume();
    expect([socket.paused, carrier.paused, socket.ping(), socket.protocol]).toEqual([false, false, false, ""]);
    socket.terminate();
    expect(carrier.terminations).toEqual([undefined]);
  });

  test("what the server sends is the socket's", async () => {
    const { socket, passage, accept } = await ask();
    await accept();
    const heard: unknown[] = [];
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => heard.push(data);
    passage.owner.receiveMessage("a");
    passage.owner.receiveMessage(Uint8Array.of(1));
    expect(heard).toEqual(["a", Uint8Array.of(1).buffer]);
  });
});
