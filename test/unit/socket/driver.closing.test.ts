// How one connection ends: by both Closes, by one, by a failure, by the transport, by us.
import { describe, expect, test } from "vitest";
import { LocalError } from "../../../src/base/errors.ts";
import { createRuntime } from "../../../src/socket/runtime.ts";
import { bytes, concat } from "../../support/byte-builder.ts";
import { DrivenConnection } from "../../support/driven-connection.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";
import { frameTo, showText, type Role } from "../../support/naive-frame-codec.ts";

const roles: readonly Role[] = ["server", "client"];

describe.each(roles)("a %s", (role) => {
  const close = (code: number, reason = ""): Uint8Array => frameTo(role, 8, bytes(code >> 8, code & 0xff, reason));

  test("P-62 both Closes end it cleanly, with the peer's code and reason", async () => {
    const driven = new DrivenConnection({ role });
    driven.driver.close(1000, "ours");
    await driven.settle();
    expect(driven.lines).toEqual(["closing"]);
    driven.receive(close(4000, "theirs"));
    driven.far.end();
    await driven.settle();
    expect(driven.lines).toEqual(["closing", 'closed 4000 "theirs" clean']);
    expect(driven.sent).toEqual(['close 1000 "ours"']);
    expect(driven.outcome?.cause).toBeUndefined();
  });

  test("P-58 P-60 the peer's Close is answered and told", async () => {
    const driven = new DrivenConnection({ role });
    driven.receive(frameTo(role, 1, "before"), close(1001, "leaving"));
    await driven.settle();
    driven.far.end();
    await driven.settle();
    expect(driven.lines).toEqual([showText("before"), "closing", 'closed 1001 "leaving" clean']);
    expect(driven.sent).toEqual(['close 1001 "leaving"']);
  });

  test("P-44 a broken rule closes with its code; the owner is told 1006 and why", async () => {
    const driven = new DrivenConnection({ role });
    driven.receive(frameTo(role, 3), frameTo(role, 1, "late"));
    await driven.settle();
    expect(driven.sent).toEqual(['close 1002 "The opcode is reserved."']);
    driven.receive(close(1002));
    driven.far.end();
    await driven.settle();
    expect(driven.lines).toEqual(["closing", 'closed 1006 ""']);
    expect(driven.cause).toBe("LW_PROTOCOL_OPCODE_RESERVED 1002");
  });

  test("P-63 the end of the transport without a Close is 1006, with what the transport said", async () => {
    const driven = new DrivenConnection({ role });
    driven.receive(frameTo(role, 1, "last words"));
    driven.far.end();
    await driven.settle();
    expect(driven.lines).toEqual([showText("last words"), "closing", 'closed 1006 ""']);
    expect(driven.cause).toBe("LW_SOCKET_LOST 1006");
    expect(driven.pipe.isOver).toBe(true);
    const reset = new DrivenConnection({ role });
    reset.pipe.breakWith(new Error("read ECONNRESET"));
    await reset.settle();
    expect(reset.outcome?.cause?.message).toContain("read ECONNRESET");
  });

  test("P-64 a peer that never answers our Close is dropped after 5 s: 1006", async () => {
    const driven = new DrivenConnection({ role });
    driven.driver.close(1000);
    await driven.clock.advanceAsync(4_900);
    driven.receive(frameTo(role, 1, "still talking"));
    expect(driven.pipe.isOver).toBe(false);
    await driven.clock.advanceAsync(200);
    expect(driven.pipe.isOver).toBe(true);
    expect(driven.lines).toEqual(["closing", 'closed 1006 ""']);
  });

  test("P-65 V-15 a peer that goes on sending after our Close is dropped past 1 MiB of it, and none is delivered", async () => {
    const driven = new DrivenConnection({ role });
    driven.driver.close(1000);
    const late = frameTo(role, 2, new Uint8Array(64 * 1024));
    for (let count = 0; count < 16; count++) driven.receive(late);
    await settled();
    expect(driven.pipe.isOver).toBe(false);
    driven.receive(frameTo(role, 1, "x"));
    await settled();
    expect(driven.lines).toEqual(["closing", 'closed 1006 ""']);
  });

  test("V-15 10,000 Closes get one answer and one end", async () => {
    const driven = new DrivenConnection({ role });
    driven.receive(concat(Array.from({ length: 10_000 }, () => close(1000))));
    await driven.settle();
    expect(driven.sent).toEqual(['close 1000 ""']);
    await driven.clock.advanceAsync(5_100);
    expect(driven.lines).toEqual(["closing", 'closed 1000 "" clean']);
  });

  test("P-69 terminate() drops the transport: 1006, and what is sent after it is dropped", async () => {
    const driven = new DrivenConnection({ role });
    driven.driver.terminate();
    driven.driver.terminate();
    expect(driven.lines).toEqual(["closing"]);
    expect(driven.driver.send("late")).toBe("dropped");
    expect(driven.driver.ping()).toBe(false);
    await driven.settle();
    expect(driven.lines).toEqual(["closing", 'closed 1006 ""']);
    expect(driven.outcome?.cause).toBeUndefined();
    expect(driven.peer.ended).toBe(true);
  });

  test("P-69 terminate() with a cause tells it", async () => {
    const driven = new DrivenConnection({ role });
    driven.driver.terminate(new LocalError("LW_TEST_ENOUGH", "Enough."));
    driven.pipe.breakWith(new Error("not this"));
    await driven.settle();
    expect(driven.cause).toBe("LW_TEST_ENOUGH");
  });

  test("P-69 terminate() after both Closes leaves the end clean", async () => {
    const driven = new DrivenConnection({ role });
    driven.receive(close(1000, "bye"));
    driven.driver.terminate();
    await driven.settle();
    expect(driven.lines).toEqual(["closing", 'closed 1000 "bye" clean']);
  });

  test("P-96 what never left stays counted after the end", async () => {
    const driven = new DrivenConnection({ role, windowBytes: 0 });
    for (let count = 0; count < 2; count++) driven.driver.send(new Uint8Array(100_000));
    await settled();
    driven.driver.terminate();
    await settled();
    expect(driven.outcome).toBeDefined();
    expect(driven.driver.bufferedBytes).toBeGreaterThanOrEqual(100_000);
    expect(driven.driver.bufferedBytes).toBeLessThanOrEqual(200_000);
  });
});

describe("P-67 who ends the transport", () => {
  test("the server, at once after both Closes", async () => {
    const driven = new DrivenConnection({ role: "server" });
    driven.receive(frameTo("server", 8));
    await driven.settle();
    expect(driven.peer.ended).toBe(true);
    expect(driven.outcome).toBeUndefined();
    driven.far.end();
    await driven.settle();
    expect(driven.lines.at(-1)).toBe('closed 1005 "" clean');
  });

  test("the client waits for it, and drops the transport after 5 s; the end is clean all the same", async () => {
    const driven = new DrivenConnection({ role: "client" });
    driven.receive(frameTo("client", 8));
    await driven.settle();
    expect(driven.peer.ended).toBe(false);
    await driven.clock.advanceAsync(4_900);
    expect(driven.outcome).toBeUndefined();
    await driven.clock.advanceAsync(200);
    expect(driven.lines.at(-1)).toBe('closed 1005 "" clean');
  });

  test("the client ends its side when the server has ended", async () => {
    const driven = new DrivenConnection({ role: "client" });
    driven.receive(frameTo("client", 8));
    driven.far.end();
    await driven.settle();
    expect(driven.peer.ended).toBe(true);
    expect(driven.lines.at(-1)).toBe('closed 1005 "" clean');
  });

  test("whoever failed the connection", async () => {
    const driven = new DrivenConnection({ role: "client" });
    driven.receive(frameTo("client", 3));
    await driven.settle();
    expect(driven.peer.ended).toBe(true);
  });
});

test("P-66 two drivers that close at once both end cleanly, each with the other's code", async () => {
  const clock = new FakeClock();
  const runtime = createRuntime({ clock });
  for (let order = 0; order < 4; order++) {
    const server = new DrivenConnection({ role: "server", clock, runtime });
    const client = new DrivenConnection({ role: "client", clock, runtime });
    /** Brings what each has sent to the other. */
    const exchange = async (): Promise<void> => {
      for (const [from, to] of [
        [server, client],
        [client, server],
      ] as const) {
        const read = from.peer.bytes.length;
        from.read();
        const fresh = from.peer.bytes.subarray(read);
        if (fresh.length > 0) to.receive(fresh);
        if (from.peer.ended) to.far.end();
        await settled(1);
        to.pipe.deliver();
      }
    };
    if ((order & 1) === 0) server.driver.close(1001, "server");
    client.driver.close(4000, "client");
    if ((order & 2) === 0) await settled();
    if ((order & 1) === 1) server.driver.close(1001, "server");
    for (let round = 0; round < 5; round++) await exchange();
    expect(server.lines).toEqual(["closing", 'closed 4000 "client" clean']);
    expect(client.lines).toEqual(["closing", 'closed 1001 "server" clean']);
  }
  expect(runtime.wakeups.size).toBe(0);
});

describe("P-74 I-15 the owner is told the end once, last", () => {
  test("after messages that still waited for a handler", async () => {
    const finish: (() => void)[] = [];
    const driven = new DrivenConnection({ onMessage: () => new Promise<void>((resolve) => finish.push(resolve)) });
    driven.receive(...["a", "b", "c"].map((text) => frameTo("server", 1, text)));
    driven.far.end();
    await driven.settle();
    expect(driven.lines).toEqual([showText("a")]);
    while (finish.length > 0) {
      finish.shift()?.();
      await settled();
    }
    expect(driven.lines).toEqual([showText("a"), showText("b"), showText("c"), "closing", 'closed 1006 ""']);
  });

  test("at the latest when a handler has kept it waiting for the messages' time-out", async () => {
    const driven = new DrivenConnection({ onMessage: () => new Promise(() => {}) });
    driven.receive(frameTo("server", 1, "a"), frameTo("server", 1, "b"));
    driven.far.end();
    await driven.settle();
    await driven.clock.advanceAsync(59_000);
    expect(driven.outcome).toBeUndefined();
    await driven.clock.advanceAsync(1_200);
    expect(driven.lines).toEqual([showText("a"), "closing", 'closed 1006 ""']);
  });

  test("V-26 and nothing of it is kept for a later wakeup", async () => {
    let finish = (): void => {};
    const driven = new DrivenConnection({ onMessage: () => new Promise<void>((resolve) => (finish = resolve)) });
    driven.receive(frameTo("server", 1, "a"), frameTo("server", 1, "b"));
    driven.far.end();
    await driven.settle();
    finish();
    await settled();
    finish();
    await settled();
    expect(driven.outcome).toBeDefined();
    expect(driven.runtime.wakeups.size).toBe(0);
    expect(driven.runtime.budget.used).toBe(0);
  });

  test("not at all by messages that the application no longer wants: close() and terminate() drop what waits", async () => {
    for (const end of ["close", "terminate"] as const) {
      const finish: (() => void)[] = [];
      const driven = new DrivenConnection({ onMessage: () => new Promise<void>((resolve) => finish.push(resolve)) });
      driven.receive(frameTo("server", 1, "a"), frameTo("server", 1, "b"));
      driven.driver[end]();
      finish.shift()?.();
      await driven.settle();
      driven.far.breakWith(undefined);
      await driven.settle();
      expect(driven.lines).toEqual([showText("a"), "closing", 'closed 1006 ""']);
    }
  });
});
