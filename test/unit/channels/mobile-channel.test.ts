import { describe, expect, test } from "vitest";
import { MovingWorld } from "../../support/moving-ends.ts";

async function openWorld(...given: ConstructorParameters<typeof MovingWorld>): Promise<MovingWorld> {
  const world = new MovingWorld(...given);
  await world.settle();
  return world;
}

describe("to another node", () => {
  test("I-03 I-04 nothing is lost or doubled, order is kept, and there is no close", async () => {
    const world = await openWorld();
    world.publish();
    world.send();
    expect(world.mobile.move(world.second.client)).toBe(true);
    world.publish();
    world.send();
    await world.settle();
    world.publish();
    world.send();
    await world.settle();
    expect(world.owner.log).toEqual(["accepted", "p0", "p1", "moved", "p2"]);
    expect(world.handled).toEqual(["s0", "s1", "s2"]);
    expect(world.first.accepted[0]?.owner.log).toEqual(["s0", "closing", "closed 1001"]);
    expect(world.second.accepted).toHaveLength(1);
    expect([world.first.client.channels.length, world.first.server.channels.length]).toEqual([0, 0]);
  });

  test("I-03 what is published while neither node has it is continued from its position", async () => {
    const world = await openWorld();
    world.mobile.move(world.second.client);
    world.first.exchange();
    world.publish();
    await world.settle();
    expect(world.owner.log).toEqual(["accepted", "moved", "p0"]);
  });

  test("the other node is asked only when the first one has let go", async () => {
    const world = await openWorld();
    world.mobile.move(world.second.client);
    world.second.exchange();
    expect(world.second.requests).toEqual([]);
    await world.settle();
    expect(world.second.requests).toMatchObject([{ path: "/feed", continues: true }]);
  });

  test("I-03 I-04 what a handler that is still busy says arrives before the move", async () => {
    const world = await openWorld();
    let finish = (): void => {};
    world.answer = () =>
      new Promise<void>((resolve) => {
        finish = () => {
          world.first.accepted[0]?.channel.send("late reply");
          resolve();
        };
      });
    world.send();
    world.mobile.move(world.second.client);
    await world.settle();
    expect(world.second.requests).toEqual([]);
    world.publish();
    finish();
    await world.settle();
    expect(world.owner.log).toEqual(["accepted", "p0", "late reply", "moved"]);
  });

  test("the subprotocol stays the one that was chosen", async () => {
    const world = await openWorld({}, ["a", "b"]);
    world.mobile.move(world.second.client);
    await world.settle();
    expect([world.mobile.protocol, world.second.requests[0]?.protocols]).toEqual(["a", ["a"]]);
  });

  test("what is not movable stays", async () => {
    const world = new MovingWorld();
    world.isMovable = false;
    await world.settle();
    expect([world.mobile.isMovable, world.mobile.move(world.second.client)]).toEqual([false, false]);
    world.first.client.receiveEnded({ code: 4410, reason: "" });
    await world.settle();
    expect(world.owner.log).toEqual(["accepted", "closing", "closed 1006"]);
  });

  test("asked to move before it is accepted, it moves afterwards", async () => {
    const world = new MovingWorld();
    expect(world.mobile.move(world.second.client)).toBe(true);
    world.send();
    await world.settle();
    expect(world.owner.log).toEqual(["accepted", "moved"]);
  });

  test("a server that closes meanwhile has closed it", async () => {
    const world = await openWorld();
    world.first.accepted[0]?.channel.close(4001, "enough");
    world.first.down.take();
    world.mobile.move(world.second.client);
    await world.settle();
    expect(world.owner.log).toEqual(["accepted", "closing", "closed 4001"]);
    expect(world.first.accepted[0]?.owner.outcomes).toMatchObject([{ code: 4001, wasClean: true }]);
  });

  test("a server that closes after it was asked delivers what came before", async () => {
    const world = await openWorld();
    world.answer = () => new Promise<void>(() => {});
    world.send();
    world.mobile.move(world.second.client);
    world.first.up.take();
    world.first.up.deliver(world.first.down);
    world.publish();
    world.first.accepted[0]?.channel.close(1012, "restart");
    await world.settle();
    expect(world.owner.log).toEqual(["accepted", "p0", "closing", "closed 1012"]);
  });

  test("P-98 closed while it moves, it closes where it arrives, and nothing more is delivered", async () => {
    const world = await openWorld();
    world.mobile.move(world.second.client);
    world.send();
    world.mobile.close(4002, "bye");
    world.publish();
    expect([world.mobile.send("x"), world.owner.log.at(-1)]).toEqual(["dropped", "closing"]);
    await world.settle();
    expect(world.handled).toEqual(["s0"]);
    expect(world.second.accepted[0]?.owner.outcomes).toMatchObject([{ code: 4002, wasClean: true }]);
    expect(world.owner.log).toEqual(["accepted", "closing", "moved", "closed 4002"]);
  });

  test("an owner that has paused gets the rest of the first node before anything of the second", async () => {
    const world = await openWorld();
    world.mobile.pause();
    world.publish();
    world.mobile.move(world.second.client);
    await world.settle();
    world.publish();
    await world.settle();
    expect(world.owner.messages).toEqual([]);
    world.mobile.resume();
    await world.settle();
    expect(world.owner.messages).toEqual(["p0", "p1"]);
  });

  test("I-04 an owner that is busy with a message of the first node gets nothing of the second", async () => {
    const world = await openWorld();
    let finish = (): void => {};
    world.owner.answer = () => new Promise<void>((resolve) => (finish = resolve));
    world.publish();
    world.publish();
    world.mobile.move(world.second.client);
    await world.settle();
    world.publish();
    await world.settle();
    expect(world.owner.messages).toEqual(["p0"]);
    world.owner.answer = () => undefined;
    finish();
    await world.settle();
    expect(world.owner.messages).toEqual(["p0", "p1", "p2"]);
  });

  test("I-12 what is held is bounded, and counts as buffered", async () => {
    const world = await openWorld({ retainBytes: 1_000, bufferBytes: 300 });
    world.mobile.move(world.second.client);
    expect(world.mobile.send("x".repeat(100))).toBe("accepted");
    expect(world.mobile.send("x".repeat(100))).toBe("queued");
    expect(world.mobile.bufferedBytes).toBe(200);
    expect(world.mobile.send("x".repeat(1_000))).toBe("queued");
    expect(world.mobile.send("x")).toBe("dropped");
    expect(world.mobile.bufferedBytes).toBe(1_200);
    await world.settle();
    expect([world.first.client.queuedCost, world.second.client.queuedCost, world.mobile.bufferedBytes]).toEqual([
      0, 0, 1_200,
    ]);
    expect(world.owner.outcomes).toMatchObject([{ code: 1013, cause: { code: "LW_CHANNEL_SLOW_CONSUMER" } }]);
  });

  test("I-12 I-03 what is held is a part of what all channels may queue", async () => {
    const world = await openWorld({ retainBytes: 1_000, bufferBytes: 300 });
    const other = world.first.open("/other");
    await world.settle();
    world.mobile.move(world.second.client);
    world.mobile.send("x".repeat(600));
    expect(world.first.client.queuedCost).toBe(728);
    expect(other.channel.send("y".repeat(300))).toBe("queued");
    expect(world.mobile.send("x".repeat(600))).toBe("dropped");
    await world.settle();
    expect([world.first.client.queuedCost, world.second.client.queuedCost]).toEqual([0, 0]);
  });

  test("I-12 I-03 what was taken while it moved arrives, however little room there is by then", async () => {
    const world = await openWorld({ retainBytes: 1_000, bufferBytes: 300 });
    const other = world.second.open("/other");
    other.far.channel.pause();
    // Its credit is used up, and stays so.
    for (const length of [16_000, 16_000, 16_000, 16_000, 800]) {
      other.channel.send("y".repeat(length));
      await world.settle();
    }
    world.mobile.move(world.second.client);
    expect([world.mobile.send("a".repeat(400)), world.mobile.send("b".repeat(400))]).toEqual(["queued", "queued"]);
    other.channel.send("y".repeat(600));
    await world.settle();
    expect(world.second.accepted.at(-1)?.owner.messages).toEqual(["a".repeat(400), "b".repeat(400)]);
    expect([world.owner.outcomes, world.first.client.queuedCost, world.second.client.queuedCost]).toEqual([[], 0, 728]);
  });

  test("drained() waits for what is held", async () => {
    const world = await openWorld();
    world.mobile.move(world.second.client);
    world.send();
    let isDrained = false;
    void world.mobile.drained().then(() => (isDrained = true));
    await Promise.resolve();
    expect(isDrained).toBe(false);
    await world.settle();
    expect(isDrained).toBe(true);
  });

  test("terminate() gives it up wherever it is", async () => {
    const world = await openWorld();
    world.mobile.move(world.second.client);
    world.mobile.terminate();
    await world.settle();
    expect(world.owner.log).toEqual(["accepted", "closing", "closed 1006"]);
    expect(world.second.requests).toEqual([]);
  });

  test("a node that refuses it has ended it", async () => {
    const world = await openWorld();
    world.second.decide = () => ({ status: 403, reason: "" });
    world.mobile.move(world.second.client);
    await world.settle();
    expect(world.owner.outcomes).toMatchObject([{ code: 1006, cause: { code: "LW_CHANNEL_REJECTED" } }]);
  });
});

describe("a node that drains", () => {
  test("has refused it before it was accepted: it is asked for elsewhere, and opens there", async () => {
    const world = new MovingWorld();
    world.first.decide = () => ({ status: 503, reason: "" });
    expect(world.mobile.move(world.second.client)).toBe(true);
    await world.settle();
    expect(world.owner.log).toEqual(["accepted"]);
    expect(world.second.requests).toMatchObject([{ continues: false }]);
  });

  test.each([
    [503, false],
    [403, true],
  ])("status %i, moving %s: that is the end", async (status, isMoving) => {
    const world = new MovingWorld();
    world.first.decide = () => ({ status, reason: "" });
    if (isMoving) world.mobile.move(world.second.client);
    await world.settle();
    expect(world.owner.log).toEqual(["closing", "closed 1006"]);
    expect(world.second.requests).toEqual([]);
  });
});

describe("a second node that drains as well", () => {
  test("I-03 I-04 turns it away on arrival: it goes on at a third one, from where it left the first, and nothing is lost", async () => {
    const world = await openWorld();
    world.second.decide = () => ({ status: 503, reason: "" });
    world.publish();
    world.mobile.move(world.second.client);
    world.send();
    // The second one says that it is to be left, too, before it says no.
    for (let round = 0; round < 5; round++) {
      world.first.exchange();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    expect(world.mobile.move(world.third.client)).toBe(true);
    world.publish();
    world.send();
    await world.settle();
    world.publish();
    world.send();
    await world.settle();
    expect(world.owner.log).toEqual(["accepted", "p0", "moved", "p1", "p2"]);
    expect(world.handled).toEqual(["s0", "s1", "s2"]);
    expect(world.third.requests).toMatchObject([{ continues: true }]);
  });

  test("with another refusal has ended it", async () => {
    const world = await openWorld();
    world.second.decide = () => ({ status: 403, reason: "" });
    world.mobile.move(world.second.client);
    world.first.exchange();
    world.mobile.move(world.third.client);
    await world.settle();
    expect(world.owner.outcomes).toMatchObject([{ code: 1006, cause: { code: "LW_CHANNEL_REJECTED" } }]);
    expect(world.third.requests).toEqual([]);
  });
});

describe("when the first session is gone", () => {
  test("it goes on with a gap; what never left is sent", async () => {
    const world = await openWorld();
    world.publish();
    world.send();
    world.mobile.move(world.second.client);
    world.first.client.receiveEnded({ code: 4410, reason: "" });
    world.send();
    world.publish();
    await world.settle();
    world.publish();
    await world.settle();
    expect(world.owner.log).toEqual(["accepted", "gap", "p2"]);
    expect(world.handled).toEqual(["s0", "s1"]);
  });

  test("what had not been accepted is asked for again, and no gap is told", async () => {
    const world = new MovingWorld();
    world.mobile.move(world.second.client);
    world.first.client.receiveEnded({ code: 4410, reason: "" });
    await world.settle();
    expect(world.owner.log).toEqual(["accepted"]);
    expect(world.second.requests).toMatchObject([{ continues: false }]);
  });
});
