import { describe, expect, test } from "vitest";
import { Ledger } from "../../../src/session/ledger.ts";
import { MOST_IN_PACK, packetsOf } from "../../../src/session/pack.ts";
import { PacketType } from "../../../src/session/packet.ts";
import { defaultSettings } from "../../../src/session/settings.ts";
import * as violations from "../../../src/session/violations.ts";
import { bytes } from "../../support/byte-builder.ts";
import { RecordedUser } from "../../support/recorded-user.ts";
import { write } from "../../support/written.ts";

describe("rule 1: the next number or nothing", () => {
  test("I-02 I-03 I-04 the next number is taken over, lower ones are repeats, higher ones a fault", () => {
    const user = new RecordedUser();
    const ledger = new Ledger(defaultSettings, user);
    expect(ledger.accept(1, bytes("a"))).toBe("taken");
    expect(ledger.accept(1, bytes("x"))).toBe("repeat");
    expect(ledger.accept(3, bytes("c"))).toBe(violations.dataGap);
    expect(ledger.accept(2, bytes("b"))).toBe("taken");
    expect([user.received, ledger.received]).toEqual([["a", "b"], 2]);
  });

  test("I-08 what the user refuses is not received: it comes again, and is counted", () => {
    const user = new RecordedUser();
    const ledger = new Ledger(defaultSettings, user);
    user.refusal = violations.packetMalformed;
    expect(ledger.accept(1, bytes("a"))).toBe(violations.packetMalformed);
    expect([ledger.received, ledger.faults]).toEqual([0, 1]);
    user.refusal = undefined;
    expect(ledger.accept(1, bytes("a"))).toBe("taken");
  });
});

describe("numbering", () => {
  test("an envelope gets its number when it is asked for, and is the same packet ever after", () => {
    const user = new RecordedUser();
    const ledger = new Ledger(defaultSettings, user);
    expect(ledger.packet(1)).toBeUndefined();
    user.say("a");
    user.say("b");
    const first = ledger.packet(1);
    expect(first).toEqual(bytes(PacketType.data, "a"));
    expect(ledger.packet(1)).toEqual(first);
    expect([ledger.outbox.last, user.waiting.length]).toEqual([1, 1]);
  });

  test("I-12 a full outbox pulls nothing: what waits stays with the user", () => {
    const user = new RecordedUser();
    const ledger = new Ledger({ ...defaultSettings, retainPackets: 1 }, user);
    user.say("a");
    user.say("b");
    ledger.packet(1);
    expect(ledger.packet(2)).toBeUndefined();
    expect(user.waiting).toEqual(["b"]);
    ledger.outbox.acknowledge(1, Infinity);
    expect(ledger.packet(2)).toEqual(bytes(PacketType.data, "b"));
  });

  test("what is pulled together is kept together, in order: a large one goes alone, behind the small ones", () => {
    const user = new RecordedUser();
    const ledger = new Ledger(defaultSettings, user);
    const large = "x".repeat(MOST_IN_PACK);
    user.say("a", "b", large, "c");
    expect([ledger.pull(10_000), ledger.outbox.last]).toEqual([true, 3]);
    expect([ledger.pull(10_000), ledger.outbox.last]).toEqual([false, 4]);
    const sent: string[] = [];
    for (let message = ledger.outbox.message(1); message !== undefined; message = ledger.outbox.message(message.end)) {
      sent.push(
        (packetsOf(message.bytes) ?? []).map((packet) => new TextDecoder().decode(packet.subarray(1))).join("+"),
      );
    }
    expect(sent).toEqual(["a+b", large, "c"]);
    user.say("d", "e", "f");
    expect([ledger.pull(4), ledger.outbox.last, user.waiting]).toEqual([true, 6, ["f"]]);
  });

  test("I-01 a user that makes another session send while it is asked gets nothing of the other's", () => {
    const [user, other] = [new RecordedUser(), new RecordedUser()];
    const [ledger, beside] = [new Ledger(defaultSettings, user), new Ledger(defaultSettings, other)];
    user.say("a", "b");
    const { pull } = user;
    user.pull = (...where) => {
      other.say("other");
      beside.pull(10_000);
      return pull.apply(user, where);
    };
    ledger.pull(10_000);
    expect([ledger.packet(1), ledger.packet(2), ledger.outbox.last]).toEqual([
      bytes(PacketType.data, "a"),
      bytes(PacketType.data, "b"),
      2,
    ]);
    expect(beside.packet(3)).toEqual(bytes(PacketType.data, "other"));
  });

  test("I-02 what was numbered before a user failed is kept", () => {
    const user = new RecordedUser();
    const ledger = new Ledger(defaultSettings, user);
    user.say("a");
    const { pull } = user;
    user.pull = (...where) => {
      if (user.waiting.length === 0) throw new Error("a fault of the user");
      return pull.apply(user, where);
    };
    expect(() => ledger.pull(10_000)).toThrow("a fault of the user");
    expect([ledger.outbox.last, ledger.packet(1)]).toEqual([1, bytes(PacketType.data, "a")]);
  });

  test("I-02 I-04 a sender that fails loses nothing: what was pulled is kept, behind what was written before it", () => {
    const user = new RecordedUser();
    const ledger = new Ledger(defaultSettings, user);
    const large = "x".repeat(MOST_IN_PACK);
    const sendKept = (): never => {
      throw new Error("a fault of the sender");
    };
    user.say("a", "b", large, "c");
    expect(() => ledger.pull(10_000, { sendKept })).toThrow("a fault of the sender");
    expect(ledger.outbox.last).toBe(3);
    expect([2, 3].map((number) => ledger.packet(number))).toEqual([
      bytes(PacketType.data, "b"),
      bytes(PacketType.data, large),
    ]);
    expect([ledger.pull(10_000), ledger.packet(4)]).toEqual([false, bytes(PacketType.data, "c")]);
  });

  test("what is kept is the sender's to send: each message and up to which number it goes, in order", () => {
    const user = new RecordedUser();
    const ledger = new Ledger(defaultSettings, user);
    const sent: unknown[] = [];
    user.say("a", "b", "x".repeat(MOST_IN_PACK));
    ledger.pull(10_000, {
      sendKept: (memory, start, end, next) =>
        sent.push([packetsOf(memory.slice(start, end))?.map(({ length }) => length), next]),
    });
    expect(sent).toEqual([
      [[2, 2], 3],
      [[MOST_IN_PACK + 1], 4],
    ]);
  });

  test("before WELCOME only channel openings are pulled", () => {
    const user = new RecordedUser();
    const ledger = new Ledger(defaultSettings, user);
    ledger.openOnly = true;
    user.say("a");
    expect(ledger.packet(1)).toBeUndefined();
    user.opening = "open";
    expect(ledger.packet(1)).toEqual(bytes(PacketType.data, "open"));
  });
});

describe("what the user writes by itself", () => {
  test("I-04 has its number at once, and goes together with what is pulled behind it", () => {
    const user = new RecordedUser();
    const ledger = new Ledger(defaultSettings, user);
    expect([write(ledger.place(), "a"), write(ledger.place(), "bc"), ledger.outbox.last]).toEqual([true, true, 2]);
    expect([ledger.isWriting, ledger.outbox.message(1)]).toEqual([true, undefined]);
    user.say("d");
    expect([ledger.pull(10_000), ledger.outbox.last, ledger.isWriting]).toEqual([false, 3, false]);
    expect(packetsOf(ledger.outbox.message(1)?.bytes ?? bytes())).toEqual([
      bytes(PacketType.data, "a"),
      bytes(PacketType.data, "bc"),
      bytes(PacketType.data, "d"),
    ]);
  });

  test("I-02 is in the outbox when it is sealed, alone as it is", () => {
    const ledger = new Ledger(defaultSettings, new RecordedUser());
    write(ledger.place(), "a");
    ledger.seal();
    ledger.seal();
    expect([ledger.isWriting, ledger.outbox.last, ledger.packet(1)]).toEqual([false, 1, bytes(PacketType.data, "a")]);
  });

  test("I-12 V-21 is no more than the outbox has room for, and no more than a pack", () => {
    const ledger = new Ledger({ ...defaultSettings, retainPackets: 2 }, new RecordedUser());
    expect([write(ledger.place(), "a"), write(ledger.place(), "b"), write(ledger.place(), "c")]).toEqual([
      true,
      true,
      false,
    ]);
    const roomy = new Ledger(defaultSettings, new RecordedUser());
    let count = 0;
    while (write(roomy.place(), "x".repeat(1_000))) count++;
    expect(count).toBe(9);
  });

  test("before WELCOME there is no place", () => {
    const ledger = new Ledger(defaultSettings, new RecordedUser());
    ledger.openOnly = true;
    expect(write(ledger.place(), "a")).toBe(false);
  });

  test("I-01 is nothing of another session's that writes meanwhile", () => {
    const [one, other] = [new RecordedUser(), new RecordedUser()].map((user) => new Ledger(defaultSettings, user));
    for (const text of ["a", "b"]) {
      write(one?.place(), text);
      write(other?.place(), text.toUpperCase());
    }
    one?.seal();
    other?.seal();
    expect([one?.packet(2), other?.packet(2)]).toEqual([bytes(PacketType.data, "b"), bytes(PacketType.data, "B")]);
  });
});
