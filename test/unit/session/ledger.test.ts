import { describe, expect, test } from "vitest";
import { Ledger } from "../../../src/session/ledger.ts";
import { PacketType } from "../../../src/session/packet.ts";
import { defaultSettings } from "../../../src/session/settings.ts";
import * as violations from "../../../src/session/violations.ts";
import { bytes } from "../../support/byte-builder.ts";
import { RecordedUser } from "../../support/recorded-user.ts";

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
    expect(ledger.packet(1)).toBe(first);
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
