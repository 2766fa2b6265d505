// Control frames and the closing handshake, for both sides.
import { describe, expect, test } from "vitest";
import type { Connection } from "../../../src/protocol/connection.ts";
import { bigEndian, bytes, concat, hex, utf8 } from "../../support/byte-builder.ts";
import { frameTo, showBytes, showText, type Role } from "../../support/naive-frame-codec.ts";
import { RecordedConnection, recordChunks } from "../../support/recorded-connection.ts";

const roles: readonly Role[] = ["server", "client"];

describe.each(roles)("a %s", (role) => {
  const close = (code: number, reason: string | Uint8Array = ""): Uint8Array =>
    frameTo(role, 8, bytes(bigEndian(code, 2), reason));
  const read = (...frames: readonly Uint8Array[]): RecordedConnection => recordChunks([concat(frames)], { role });

  describe("the peer's Close", () => {
    test.each([
      [0, bytes(), 'close 1005 ""'],
      [2, hex("03 e9"), 'close 1001 ""'],
      [125, bytes(3, 0xe8, "x".repeat(123)), `close 1000 "${"x".repeat(123)}"`],
    ])("P-58 with %i bytes is answered with the same bytes", (_length, payload, line) => {
      const recorded = read(frameTo(role, 8, payload));
      expect(recorded.events).toEqual([line]);
      expect(recorded.sentEvents).toEqual([line]);
      expect(recorded.connection.state).toBe("both-closed");
    });

    test.each([
      ["P-58 with 1 byte", bytes(3), 1002],
      ["P-58 with 126 bytes", bytes(3, 0xe8, "x".repeat(124)), 1002],
      ["P-61 with a reason that is not UTF-8", bytes(3, 0xe8, hex("c3 28")), 1007],
    ])("%s fails", (_name, payload, closeCode) => {
      const recorded = read(frameTo(role, 8, payload));
      expect(recorded.events).toEqual([`fail ${closeCode}`]);
      expect(recorded.sentEvents).toHaveLength(1);
    });

    test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])(
      "P-59 with the code %i fails with 1002",
      (code) => {
        expect(read(close(code)).events).toEqual(["fail 1002"]);
      },
    );

    test.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])(
      "P-60 with the code %i is accepted and echoed",
      (code) => {
        const recorded = read(close(code, "why"));
        expect(recorded.events).toEqual([`close ${code} "why"`]);
        expect(recorded.sentEvents).toEqual([`close ${code} "why"`]);
      },
    );

    test("P-62 is the last thing read: data, pings and further Closes are thrown away, and no pong is sent", () => {
      const recorded = read(close(1000), frameTo(role, 1, "late"), frameTo(role, 9, "late"), close(1001));
      recorded.receive(concat([frameTo(role, 9), close(1002), frameTo(role, 2, "late")]));
      expect(recorded.events).toEqual(['close 1000 ""']);
      expect(recorded.sentEvents).toEqual(['close 1000 ""']);
    });

    test("V-15 10,000 of them get one answer; past 1 MiB of them the transport is dropped", () => {
      const recorded = read(...Array.from({ length: 10_000 }, () => close(1000)));
      expect(recorded.sentEvents).toEqual(['close 1000 ""']);
      const flood = new Uint8Array(64 * 1024);
      for (let count = 0; count < 16; count++) recorded.receive(flood);
      expect(recorded.drops).toBe(0);
      recorded.receive(flood.subarray(0, 1));
      expect(recorded.drops).toBe(1);
      expect(recorded.events).toHaveLength(1);
      expect(recorded.connection.retainedBytes).toBe(0);
    });
  });

  describe("our Close", () => {
    test("P-62 is answered by the peer's, which is read to its end and not answered again", () => {
      const recorded = new RecordedConnection({ role });
      recorded.connection.sendClose(1000, "done", 0);
      expect(recorded.connection.state).toBe("we-closed");
      recorded.receive(close(1001, "well then"));
      expect(recorded.events).toEqual(['close 1001 "well then"']);
      expect(recorded.sentEvents).toEqual(['close 1000 "done"']);
      expect(recorded.connection.state).toBe("both-closed");
    });

    test("P-65 what the peer still sends is never delivered, and past 1 MiB of it the transport is dropped", () => {
      const recorded = new RecordedConnection({ role });
      recorded.connection.sendClose(1000, "", recorded.now);
      const late = frameTo(role, 2, new Uint8Array(64 * 1024));
      for (let count = 0; count < 16; count++) recorded.receive(late);
      expect(recorded.drops).toBe(0);
      recorded.receive(frameTo(role, 1, "x"));
      expect(recorded.drops).toBe(1);
      expect(recorded.events).toEqual([]);
    });

    test("P-65 a message that was half here is read past, and the Close after it is found", () => {
      const recorded = recordChunks(
        [frameTo(role, 1, "first half, ", false), frameTo(role, 0, "the second").subarray(0, 9)],
        {
          role,
        },
      );
      recorded.connection.sendClose(1000, "", 0);
      recorded.receive(frameTo(role, 0, "the second").subarray(9));
      recorded.receive(concat([frameTo(role, 1, hex("ff"), true), close(4000, "bye")]));
      expect(recorded.events).toEqual(['close 4000 "bye"']);
      expect(recorded.connection.retainedBytes).toBe(0);
    });

    test("P-62 P-65 pings after it are not answered, and rules are still kept: a broken one fails without a second Close", () => {
      const recorded = new RecordedConnection({ role });
      recorded.connection.sendClose(1000, "", 0);
      recorded.receive(concat([frameTo(role, 9, "?"), frameTo(role, 10, "!")]));
      expect(recorded.events).toEqual([]);
      recorded.receive(frameTo(role, 3));
      expect(recorded.events).toEqual(["fail 1002"]);
      expect(recorded.sentEvents).toEqual(['close 1000 ""']);
      expect(recorded.connection.state).toBe("failed");
    });

    test("1005 sends a Close without a code; a reason too long for a frame is cut", () => {
      const bare = new RecordedConnection({ role });
      bare.connection.sendClose(1005, "unsaid", 0);
      expect(bare.sentEvents).toEqual(['close 1005 ""']);
      const long = new RecordedConnection({ role });
      long.connection.sendClose(1000, "é".repeat(100), 0);
      expect(long.sentEvents).toEqual([`close 1000 "${"é".repeat(61)}"`]);
    });
  });

  describe("pings and pongs", () => {
    test("P-70 a ping comes back byte for byte, 125 of them and no UTF-8", () => {
      const payload = new Uint8Array(125).map((_, index) => 255 - index);
      const recorded = read(frameTo(role, 9, payload));
      expect(recorded.events).toEqual([showBytes("ping", payload)]);
      expect(recorded.sentEvents).toEqual([showBytes("pong", payload)]);
    });

    test("P-71 a pong nobody asked for is told and not answered", () => {
      const recorded = read(frameTo(role, 10, "hello"), frameTo(role, 1, "x"));
      expect(recorded.events).toEqual([showBytes("pong", utf8("hello")), showText("x")]);
      expect(recorded.sent).toHaveLength(0);
    });

    test("V-13 while the peer reads, every ping is answered", () => {
      const pings = Array.from({ length: 1_000 }, (_, index) => frameTo(role, 9, String(index)));
      expect(read(...pings).sentEvents).toHaveLength(1_000);
    });

    test("V-13 while it does not, one pong is kept, for the newest ping, and sent once it reads again", () => {
      const recorded = new RecordedConnection({ role });
      recorded.output.congested = true;
      const pings = concat(Array.from({ length: 500 }, () => frameTo(role, 9, new Uint8Array(125))));
      for (let received = 0; received < 42 * 1024 * 1024; received += pings.length) {
        recorded.receive(pings);
        recorded.events.length = 0;
      }
      recorded.receive(frameTo(role, 9, "the newest"));
      expect(recorded.sent.length).toBe(0);
      expect(recorded.connection.retainedBytes).toBe("the newest".length + 128);
      recorded.connection.receiveDrain();
      expect(recorded.sent.length, "still congested").toBe(0);
      recorded.output.congested = false;
      recorded.connection.receiveDrain();
      recorded.connection.receiveDrain();
      expect(recorded.sentEvents).toEqual([showBytes("pong", utf8("the newest"))]);
      expect(recorded.connection.retainedBytes).toBe(0);
    });

    test("V-13 a pong that was kept is not sent after a Close", () => {
      const recorded = new RecordedConnection({ role });
      recorded.output.congested = true;
      recorded.receive(frameTo(role, 9, "?"));
      recorded.connection.sendClose(1000, "", 0);
      recorded.output.congested = false;
      recorded.connection.receiveDrain();
      expect(recorded.sentEvents).toEqual(['close 1000 ""']);
      expect(recorded.connection.retainedBytes).toBe(0);
    });

    test("V-14 200,000 pongs cost nothing by default; with the public preset's rate the 501st at once fails with 1008", () => {
      const pongs = concat(Array.from({ length: 4_000 }, () => frameTo(role, 10)));
      const open = new RecordedConnection({ role });
      for (let count = 0; count < 50; count++) {
        open.receive(pongs);
        expect(open.connection.retainedBytes).toBe(0);
        open.events.length = 0;
      }
      const limits = { controlFramesPerSecond: 100, controlFrameBurst: 500 };
      const limited = recordChunks([pongs], { role, limits });
      expect(limited.events).toHaveLength(501);
      expect(limited.events.at(-1)).toBe("fail 1008");
      expect(limited.violation?.code).toBe("LW_PROTOCOL_CONTROL_FLOOD");
    });

    test("V-14 the rate allows 100 a second for ever, and counts no data", () => {
      const limits = { controlFramesPerSecond: 100, controlFrameBurst: 500 };
      const recorded = new RecordedConnection({ role, limits });
      const second = concat(Array.from({ length: 100 }, (_, index) => frameTo(role, index % 2 === 0 ? 9 : 10)));
      const data = concat(Array.from({ length: 1_000 }, () => frameTo(role, 1)));
      for (let count = 0; count < 20; count++) {
        recorded.receive(second);
        recorded.receive(data);
        recorded.now += 1_000;
      }
      expect(recorded.connection.state).toBe("open");
    });
  });
});

describe("P-66 both sides close at once", () => {
  /** Two machines and the bytes on their way between them; steps say whose turn it is to act or to receive. */
  class Meeting {
    readonly ends: Record<Role, Connection>;
    readonly toward: Record<Role, Uint8Array[]> = { server: [], client: [] };
    readonly told: Record<Role, string[]> = { server: [], client: [] };
    /** Frames each end has sent: all of them Closes. */
    readonly sent: Record<Role, number> = { server: 0, client: 0 };

    constructor() {
      this.ends = { server: this.#create("server"), client: this.#create("client") };
    }

    #create(role: Role): Connection {
      const recorded = new RecordedConnection({ role });
      const other = role === "server" ? "client" : "server";
      recorded.output.parts.push = (...parts) => {
        this.sent[role] += parts.length;
        return this.toward[other].push(...parts);
      };
      this.told[role] = recorded.events;
      return recorded.connection;
    }

    close(role: Role): void {
      const [code, reason] =
        role === "server" ? ([1001, "server leaves"] as const) : ([4000, "client leaves"] as const);
      this.ends[role].sendClose(code, reason, 0);
    }

    /** One byte, the rest of a frame, or everything that is on its way to `role`. */
    receive(role: Role, amount: "byte" | "all"): void {
      const bytesOnWay = concat(this.toward[role]);
      const count = amount === "all" ? bytesOnWay.length : Math.min(1, bytesOnWay.length);
      this.toward[role] = count === bytesOnWay.length ? [] : [bytesOnWay.slice(count)];
      this.ends[role].receive(bytesOnWay.slice(0, count), 0);
    }
  }

  type Step = { readonly role: Role; readonly act: "close" | "byte" | "all" };
  const program = (role: Role, ...acts: Step["act"][]): Step[] => acts.map((act) => ({ role, act }));

  /** All ways to run two programs against each other, each in its own order. */
  function* interleavings(left: readonly Step[], right: readonly Step[]): Generator<Step[]> {
    const [first, ...leftRest] = left;
    const [second, ...rightRest] = right;
    if (first === undefined || second === undefined) {
      yield [...left, ...right];
      return;
    }
    for (const rest of interleavings(leftRest, right)) yield [first, ...rest];
    for (const rest of interleavings(left, rightRest)) yield [second, ...rest];
  }

  const programs = (["close", "all", "byte"] as const).flatMap((first) => [
    [first, "close", "byte", "all"] as const,
    ["byte", first, "all", "close"] as const,
  ]);

  test("every interleaving ends with both closed cleanly, each told the other's code once, each having sent one Close", () => {
    let count = 0;
    const endings = new Set<string>();
    for (const server of programs) {
      for (const client of programs) {
        for (const steps of interleavings(program("server", ...server), program("client", ...client))) {
          count++;
          const meeting = new Meeting();
          for (const { role, act } of steps) {
            if (act === "close") meeting.close(role);
            else meeting.receive(role, act);
          }
          for (let round = 0; round < 3; round++) for (const role of roles) meeting.receive(role, "all");
          const ending = roles.map((role) => `${meeting.ends[role].state} ${meeting.told[role].join()}`).join(" | ");
          endings.add(ending);
          if (meeting.toward.server.length + meeting.toward.client.length > 0) expect.fail("bytes left over");
          if (meeting.sent.server !== 1 || meeting.sent.client !== 1) expect.fail("not one Close each");
        }
      }
    }
    expect(count).toBe(36 * 70);
    // Whoever closes first is heard; when both do before hearing the other, each hears the other's code.
    expect([...endings].sort()).toEqual([
      'both-closed close 1001 "server leaves" | both-closed close 1001 "server leaves"',
      'both-closed close 4000 "client leaves" | both-closed close 1001 "server leaves"',
      'both-closed close 4000 "client leaves" | both-closed close 4000 "client leaves"',
    ]);
  });
});
