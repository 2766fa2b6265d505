import { describe, expect, test } from "vitest";
import { LocalError } from "../../../../src/base/errors.ts";
import { Outbox } from "../../../../src/client/outbox/outbox.ts";
import { MemoryStore } from "../../../support/memory-store.ts";
import { OutboxWorld } from "../../../support/outbox-world.ts";

describe("an outbox", () => {
  test("what is sent before the socket is open arrives in order, and leaves the store when the handler is done with it", async () => {
    const world = new OutboxWorld();
    const { socket, told, outbox } = world.live();
    expect(["1", "2"].map((text) => socket.send(text))).toEqual(["accepted", "accepted"]);
    expect([socket.readyState, socket.bufferedAmount]).toEqual([0, 2]);
    await world.pass(1_000);
    socket.send(Uint8Array.of(51));
    await world.pass(1_000);
    expect([told, world.heard]).toEqual([["open"], ["1", "2", "3"]]);
    expect([socket.bufferedAmount, outbox.pendingCount, outbox.pendingBytes, world.disk.texts]).toEqual([0, 0, 0, []]);
  });

  test("I-02 nothing leaves before it is in the store, and what is sent in one go is written in one go", async () => {
    const world = new OutboxWorld();
    const { socket, store } = world.live();
    await world.pass(1_000);
    const before = store.writes.length;
    let delay = 500;
    store.writeMs = () => delay;
    for (const text of ["1", "2", "3"]) socket.send(text);
    await world.pass(490);
    expect(world.heard).toEqual([]);
    delay = 0;
    await world.pass(600);
    expect(world.heard).toEqual(["1", "2", "3"]);
    expect(store.writes[before]?.appended.map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  test("I-02 nor when the network comes back while it is being written", async () => {
    const world = new OutboxWorld();
    const { socket, store } = world.live();
    await world.pass(1_000);
    store.writeMs = () => 20_000;
    socket.send("1");
    await world.pass(0);
    world.site.network.cut();
    await world.pass(15_000);
    expect([socket.transport, world.heard]).toEqual(["websocket", []]);
    await world.pass(60_000);
    expect(world.heard).toEqual(["1"]);
  });

  test("what a dead program had stored, its successor sends: once each, in order", async () => {
    const world = new OutboxWorld();
    const first = world.live();
    await world.pass(1_000);
    for (const text of ["1", "2", "3"]) first.socket.send(text);
    // In the store, and on the way.
    await world.pass(0);
    await world.pass(0);
    first.die();
    await world.pass(1_000);
    const second = world.live();
    second.socket.send("4");
    await world.pass(1_000);
    expect([world.heard, second.told]).toEqual([["1", "2", "3", "4"], ["open"]]);
    expect(world.disk.texts).toEqual([]);
  });

  test("a message that is being handled when its sender dies is not handled again, and holds back what follows", async () => {
    const world = new OutboxWorld();
    let finish = (): void => {};
    world.handle = (text) => (text === "1" ? new Promise<void>((resolve) => (finish = resolve)) : undefined);
    const first = world.live();
    first.socket.send("1");
    first.socket.send("2");
    await world.pass(1_000);
    first.die();
    const second = world.live();
    await world.pass(1_000);
    expect([world.heard, world.disk.texts]).toEqual([["1"], ["1", "2"]]);
    finish();
    await world.pass(1_000);
    expect([world.heard, second.told, world.disk.texts]).toEqual([["1", "2"], ["open"], []]);
  });

  test("I-02 while there is no network nothing counts as sent, so a server that forgets makes nothing uncertain", async () => {
    const world = new OutboxWorld({ server: { line: { outboxWindowMs: 1_000, windowMs: 1_000 } } });
    const life = world.live();
    await world.pass(1_000);
    world.site.network.conditions = { blackhole: true };
    world.site.network.cut();
    await world.pass(10);
    life.socket.send("1");
    await world.pass(1_000);
    expect(world.disk.numbers).toEqual([0]);
    life.die();
    world.site.network.conditions = {};
    await world.pass(60_000);
    const { told } = world.live();
    await world.pass(1_000);
    expect([world.heard, told]).toEqual([["1"], ["open"]]);
  });

  test("and when the network is back it leaves", async () => {
    const world = new OutboxWorld();
    const { socket, told } = world.live();
    await world.pass(1_000);
    world.site.network.cut();
    socket.send("1");
    await world.pass(10_000);
    expect([world.heard, told]).toEqual([["1"], ["open"]]);
  });

  /** Sent, in the store, not known to be handled, and the server has forgotten. */
  async function uncertain(): Promise<OutboxWorld> {
    const world = new OutboxWorld({ server: { line: { outboxWindowMs: 1_000, windowMs: 1_000 } } });
    const first = world.live();
    await world.pass(1_000);
    world.handle = () => first.die();
    first.socket.send("1");
    await world.pass(1_000);
    world.handle = () => undefined;
    expect([world.heard, world.disk.numbers]).toEqual([["1"], [1]]);
    await world.pass(60_000);
    return world;
  }

  test("I-03 what a forgetful server may have handled is given back, and not sent", async () => {
    const world = await uncertain();
    const { told, socket } = world.live();
    await world.pass(1_000);
    expect(world.disk.texts).toEqual([]);
    socket.send("2");
    await world.pass(1_000);
    expect([told, world.heard]).toEqual([
      ["open", "outbox LW_OUTBOX_UNKNOWN: 1"],
      ["1", "2"],
    ]);
    expect(world.disk.texts).toEqual([]);
  });

  test("or sent once more, if the application wants that", async () => {
    const world = await uncertain();
    const { told, socket } = world.live({ whenUnknown: "resend" });
    socket.send("2");
    await world.pass(1_000);
    expect([told, world.heard]).toEqual([
      ["open", "outbox LW_OUTBOX_UNKNOWN: 1 again"],
      ["1", "1", "2"],
    ]);
    expect(world.disk.texts).toEqual([]);
  });

  test("I-12 one that is full refuses what comes, and says so", async () => {
    const world = new OutboxWorld();
    const { socket, told } = world.live({ maxMessages: 2 });
    expect(["1", "2", "3"].map((text) => socket.send(text))).toEqual(["accepted", "accepted", "dropped"]);
    await world.pass(1_000);
    expect(told).toEqual(["outbox LW_OUTBOX_FULL: 3", "open"]);
    expect(world.heard).toEqual(["1", "2"]);
    expect(socket.bufferedAmount).toBe(1);
  });

  test("I-12 bytes count as well, each message 128 more", () => {
    const world = new OutboxWorld();
    const { socket } = world.live({ maxBytes: 300 });
    expect(["x".repeat(100), "y", "z"].map((text) => socket.send(text))).toEqual(["accepted", "dropped", "dropped"]);
    expect(world.live({ maxBytes: 260 }).socket.send("x".repeat(132))).toBe("accepted");
  });

  test("or it drops the oldest, never one that may have been sent", async () => {
    const world = new OutboxWorld();
    world.handle = () => new Promise(() => {});
    const { socket, told, store } = world.live({ maxMessages: 3, whenFull: "drop-oldest" });
    await world.pass(1_000);
    socket.send("1");
    await world.pass(1_000);
    // The next ones stay here: the store is busy.
    store.writeMs = () => 10_000;
    for (const text of ["2", "3", "4", "5"]) socket.send(text);
    expect(told).toEqual(["open"]);
    await world.pass(100_000);
    expect(told).toEqual(["open", "outbox LW_OUTBOX_DROPPED: 2", "outbox LW_OUTBOX_DROPPED: 3"]);
    // All of them have been sent now.
    expect(socket.send("6")).toBe("dropped");
    await world.pass(0);
    expect(told.at(-1)).toBe("outbox LW_OUTBOX_FULL: 6");
    expect(world.disk.numbers).toEqual([1, 2, 3]);
  });

  test("a store that fails ends the socket and says what is not kept; what it has is sent by the next one", async () => {
    const world = new OutboxWorld();
    world.handle = () => new Promise(() => {});
    const { socket, told, store, outbox } = world.live();
    await world.pass(1_000);
    socket.send("1");
    await world.pass(1_000);
    socket.send("2");
    store.fault = new Error("no space left");
    await world.pass(1_000);
    expect(told).toEqual(["open", "outbox LW_OUTBOX_STORE: 2", "close 1006 LW_OUTBOX_STORE"]);
    expect([socket.send("3"), store.isOpen, world.disk.texts]).toEqual(["dropped", false, ["1"]]);
    store.fault = undefined;
    const again = world.live();
    again.die();
    expect(() => outbox.attach(again.socket, () => {})).not.toThrow();
  });

  test("one that cannot be opened fails its socket, which can be tried again", async () => {
    const world = new OutboxWorld();
    const store = new MemoryStore(world.disk, world.site.clock);
    const outbox = new Outbox(store, {});
    store.fault = new LocalError("LW_OUTBOX_LOCKED", "Taken.");
    const line = world.site.connect(["websocket"]);
    const socket = line.open("/numbers", [], { outbox });
    await world.pass(100);
    expect([socket.readyState, socket.cause?.code]).toEqual([3, "LW_OUTBOX_LOCKED"]);
    store.fault = undefined;
    const again = line.open("/numbers", [], { outbox });
    await world.pass(1_000);
    expect(again.readyState).toBe(1);
  });

  test("serves one socket at a time", () => {
    const world = new OutboxWorld();
    const { line, outbox } = world.live();
    expect(() => line.open("/numbers", [], { outbox })).toThrow(expect.objectContaining({ code: "LW_OUTBOX_BUSY" }));
  });

  test("a socket that is given up before it is open leaves what was sent in the store", async () => {
    const world = new OutboxWorld();
    const { socket, told } = world.live();
    socket.send("1");
    socket.close();
    await world.pass(1_000);
    expect([told, world.heard, world.disk.texts]).toEqual([["close 1006 LW_SOCKET_ABANDONED"], [], ["1"]]);
  });

  test("closed, it lets go of the store after everything was written, and closes its socket", async () => {
    const world = new OutboxWorld();
    world.handle = () => new Promise(() => {});
    const { socket, told, store, outbox } = world.live();
    await world.pass(1_000);
    socket.send("1");
    const closed = outbox.close();
    await world.pass(1_000);
    await closed;
    expect([store.isOpen, told, world.disk.texts]).toEqual([false, ["open", "close 1000"], ["1"]]);
  });
});
