import { describe, expect, test } from "vitest";
import { Attachment } from "../../../src/session/attachment.ts";
import type { TransportKind } from "../../../src/session/way.ts";
import type { AttachmentHost } from "../../../src/session/attachment-host.ts";
import { Ledger } from "../../../src/session/ledger.ts";
import { MOST_IN_PACK } from "../../../src/session/pack.ts";
import { PacketType } from "../../../src/session/packet.ts";
import { defaultSettings, type SessionSettings } from "../../../src/session/settings.ts";
import { bytes, concat, utf8 } from "../../support/byte-builder.ts";
import { MemoryCourier, MemoryLink } from "../../support/memory-link.ts";
import { RecordedUser } from "../../support/recorded-user.ts";
import { write } from "../../support/written.ts";

const data = (text: string): Uint8Array => bytes(PacketType.data, text);
const pack = (...packets: readonly Uint8Array[]): Uint8Array =>
  concat([bytes(PacketType.pack), ...packets.flatMap((packet) => [bytes(packet.length), packet])]);
/** The types with which messages begin. */
const typesOf = ({ bytes: messages }: MemoryLink): number[] => messages.map(([type = -1]) => type);

/** One end of a link, and what it is given to read. */
function open(kind: TransportKind = "websocket", settings: Partial<SessionSettings> = {}) {
  const [heard, link, user]: [string[], MemoryLink, RecordedUser] = [[], new MemoryLink(), new RecordedUser()];
  user.onRest = () => heard.push("rest");
  const complete = { ...defaultSettings, ...settings };
  const ledger = new Ledger(complete, user);
  /** What is answered to each text. */
  const replies = new Map<string, () => void>();
  const host: AttachmentHost<Attachment> = {
    receiveData(_attachment, _number, envelope, start, end) {
      const text = new TextDecoder().decode(envelope.subarray(start, end));
      heard.push(text);
      replies.get(text)?.();
      return true;
    },
    receivePacket: (_attachment, packet) => heard.push(`type ${String(packet.type)}`),
    fail(attachment, violation) {
      heard.push(violation.code);
      attachment.close(violation.closeCode, violation.message);
    },
    receiveLost: () => {},
    receiveRoom: () => {},
    now: () => 0,
  };
  const attachment = new Attachment({ kind, link }, complete, host);
  attachment.bind(host, ledger, 1);
  const say = (...texts: readonly string[]): void => {
    user.say(...texts);
    attachment.pump();
  };
  return { heard, link, user, ledger, replies, host, attachment, say };
}

describe("what goes out", () => {
  test("what waits together goes together, in order; what is alone goes alone", () => {
    const { link, say } = open();
    say("a");
    say("b", "c", "d");
    expect([typesOf(link), link.texts]).toEqual([
      [PacketType.data, PacketType.pack],
      ["a", "b", "c", "d"],
    ]);
  });

  test("only over a WebSocket: other ways have bodies", () => {
    const { link, say } = open("stream");
    say("a", "b");
    expect(typesOf(link)).toEqual([PacketType.data, PacketType.data]);
  });

  test("I-04 a large packet goes alone, behind what came before it", () => {
    const { link, say } = open();
    const large = "x".repeat(MOST_IN_PACK);
    say("a", "b", large, "c", large, "d", "e");
    const { pack: together, data: alone } = PacketType;
    expect(typesOf(link)).toEqual([together, alone, alone, alone, together]);
    expect(link.texts).toEqual(["a", "b", large, "c", large, "d", "e"]);
  });

  test("I-12 no more is taken than there is room for", () => {
    const { link, user, say } = open("websocket", { roomBytes: 50 });
    link.keeps = true;
    say(...Array.from({ length: 20 }, () => "ten bytes!"));
    expect([link.texts.length, user.waiting.length]).toEqual([5, 15]);
  });

  test("I-12 I-04 a large packet behind what has filled the link waits in the outbox, and goes when there is room", () => {
    // Two small ones are a byte less than there is room for, and the pack of them is not.
    const { link, ledger, attachment, say } = open("websocket", { roomBytes: 20 });
    link.keeps = true;
    const large = "x".repeat(MOST_IN_PACK);
    say("8 bytes.", "7 bytes", large, "c");
    expect([link.texts, link.pendingBytes, ledger.outbox.last]).toEqual([["8 bytes.", "7 bytes"], 20, 3]);
    for (const gone of [large, "c"]) {
      link.pendingBytes = 0;
      attachment.pump();
      expect(link.texts.at(-1)).toBe(gone);
    }
    expect(link.texts).toHaveLength(4);
  });

  test("I-04 a link whose room is another one each time it is asked gets all in order", () => {
    const { link, attachment, say } = open();
    const pending = [0, 1e6, 0];
    Object.defineProperty(link, "pendingBytes", { get: () => pending.shift() ?? 0 });
    const large = "x".repeat(MOST_IN_PACK);
    say("a", "b", large);
    attachment.pump();
    expect(link.texts).toEqual(["a", "b", large]);
  });

  test("I-13 a link that takes all that it is given, and tells nobody, gets the rest", () => {
    const { link, user, say } = open("websocket", { roomBytes: 50 });
    // Its pendingBytes stay 0: there will be no drain to wait for.
    say(...Array.from({ length: 200 }, () => "ten bytes!"));
    expect([link.texts.length, user.waiting.length]).toEqual([200, 0]);
  });

  test("V-21 what is very much goes as several packs", () => {
    const { link, say } = open("websocket", { roomBytes: 100_000 });
    const texts = Array.from({ length: 30 }, (_, index) => String(index).padEnd(MOST_IN_PACK - 1, "."));
    say(...texts);
    expect(link.texts).toEqual(texts);
    expect(link.bytes.length).toBeGreaterThan(2);
    for (const message of link.bytes) expect(message.length).toBeLessThan(10 * 1024);
  });

  test("I-02 what has gone together is sent again one way or another, from any number on", () => {
    const { link, ledger, host, say } = open();
    say("a", "b", "c");
    for (const from of [1, 2, 3]) {
      const again = new MemoryLink();
      const attachment = new Attachment({ kind: "websocket", link: again }, defaultSettings, host);
      attachment.bind(host, ledger, from);
      attachment.pump();
      expect(again.texts).toEqual(link.texts.slice(from - 1));
    }
  });
});

describe("what the user writes by itself", () => {
  test("I-04 goes with the next pump, before what waits and together with it", () => {
    const { link, attachment, say } = open();
    write(attachment.place(), "a");
    expect(link.texts).toEqual([]);
    say("b");
    expect([typesOf(link), link.texts]).toEqual([[PacketType.pack], ["a", "b"]]);
    write(attachment.place(), "c");
    attachment.pump();
    expect(link.texts).toEqual(["a", "b", "c"]);
  });

  test("I-12 there is a place while the link has room, and for what goes together with what has one already", () => {
    const { link, attachment } = open("websocket", { roomBytes: 50 });
    link.pendingBytes = 49;
    expect(write(attachment.place(), "a")).toBe(true);
    link.pendingBytes = 50;
    expect(write(attachment.place(), "b")).toBe(true);
    attachment.pump();
    expect([attachment.place(), link.texts]).toEqual([undefined, []]);
    link.pendingBytes = 0;
    attachment.pump();
    expect(link.texts).toEqual(["a", "b"]);
  });

  test("I-04 there is none on other ways, on one that has ended, nor for whoever is being asked", () => {
    expect(open("stream").attachment.place()).toBeUndefined();
    const { attachment, user, say } = open();
    const places: unknown[] = [];
    const { pull } = user;
    user.pull = (...where) => {
      places.push(attachment.place());
      return pull.apply(user, where);
    };
    say("a");
    attachment.close(1000, "");
    places.push(attachment.place());
    expect(places).toEqual([undefined, undefined, undefined]);
  });

  test("I-02 I-03 what has not gone when another transport takes over goes there, and once", () => {
    const { link, ledger, host, attachment, say } = open();
    say("a");
    write(attachment.place(), "b");
    write(attachment.place(), "c");
    const next = new MemoryLink();
    const newer = new Attachment({ kind: "websocket", link: next }, defaultSettings, host);
    newer.bind(host, ledger, 2);
    newer.pump();
    expect([link.texts, next.texts, ledger.outbox.last]).toEqual([["a"], ["b", "c"], 3]);
    write(newer.place(), "d");
    const requests = new Attachment({ kind: "poll", courier: new MemoryCourier() }, defaultSettings, host);
    requests.bind(host, ledger, 4);
    expect(requests.take({ maxBytes: 100_000, maxPackets: 10 }).at(-1)).toEqual(data("d"));
  });

  test("I-02 it goes before a last word", () => {
    const { link, attachment } = open();
    write(attachment.place(), "a");
    const isWhole = attachment.sendLast({ type: PacketType.bye, code: 1000, reason: "" }, 1000, "");
    expect([isWhole, typesOf(link)]).toEqual([true, [PacketType.data, PacketType.bye]]);
  });
});

describe("what comes in", () => {
  test("I-03 I-04 a pack brings its packets in order, each once", () => {
    const { heard, attachment } = open();
    attachment.receive(pack(data("a"), bytes(PacketType.ping, 4), data("b")));
    attachment.receive(data("c"));
    expect(heard).toEqual(["a", "type 2", "b", "rest", "c", "rest"]);
  });

  test("I-04 I-13 what answers a pack goes out behind the last of it, together", () => {
    const { link, replies, attachment, say, heard } = open();
    for (const text of ["a", "b", "c"]) replies.set(text, () => say(`re ${text}`));
    replies.set("c", () => {
      heard.push(`${String(link.bytes.length)} sent`);
      say("re c");
    });
    attachment.receive(pack(data("a"), data("b"), data("c")));
    expect([typesOf(link), link.texts]).toEqual([[PacketType.pack], ["re a", "re b", "re c"]]);
    expect(heard).toEqual(["a", "b", "c", "0 sent", "rest"]);
  });

  test("whoever answers nothing is asked for nothing", () => {
    const { user, attachment } = open();
    let asked = 0;
    const { pull } = user;
    user.pull = (...where) => {
      asked++;
      return pull.apply(user, where);
    };
    attachment.receive(data("a"));
    attachment.receive(pack(data("b"), data("c")));
    expect(asked).toBe(0);
  });

  test("V-13 of the PINGs that come together the latest is answered, once, before what they came with", () => {
    const { link, host, replies, attachment, say } = open();
    host.receivePacket = (from, packet) => packet.type === PacketType.ping && from.sendPong(packet.token);
    replies.set("a", () => say("re a"));
    attachment.receive(
      pack(bytes(PacketType.ping, 1), data("a"), bytes(PacketType.ping, 2), bytes(PacketType.ping, 3)),
    );
    expect(link.bytes).toEqual([bytes(PacketType.pong, 3), data("re a")]);
    attachment.receive(bytes(PacketType.ping, 4));
    expect(link.bytes.at(-1)).toEqual(bytes(PacketType.pong, 4));
  });

  test("I-02 a handler that throws leaves the way usable", () => {
    const { link, replies, attachment, say } = open();
    replies.set("a", () => {
      throw new Error("a fault of the user");
    });
    expect(() => attachment.receive(data("a"))).toThrow("a fault of the user");
    say("b");
    expect(link.texts).toEqual(["b"]);
  });

  test("V-21 V-33 what was whole before a wrong length counts, and nothing after it", () => {
    const { heard, link, attachment } = open();
    attachment.receive(concat([pack(data("a")), bytes(0), data("b")]));
    attachment.receive(data("c"));
    expect([heard, link.closed]).toEqual([["a", "LW_SESSION_PACKET_MALFORMED", "rest"], "4400"]);
  });

  test("V-33 nothing of a pack is read behind a packet that ended the way", () => {
    const { heard, link, attachment } = open();
    attachment.receive(pack(data("a"), utf8("\u0020"), data("b")));
    expect([heard, link.closed]).toEqual([["a", "LW_SESSION_PACKET_UNKNOWN", "rest"], "4400"]);
  });

  test("V-33 a pack in a pack, in a body, or on a stream is no packet", () => {
    const nested = open();
    nested.attachment.receive(pack(data("a"), pack(data("b"))));
    const stream = open("stream");
    stream.attachment.receive(pack(data("a")));
    const courier = new MemoryCourier();
    new Attachment({ kind: "poll", courier }, defaultSettings, stream.host).openBody().receive(pack(data("a")));
    expect(nested.heard).toEqual(["a", "LW_SESSION_PACKET_UNKNOWN", "rest"]);
    expect(stream.heard).toEqual(["LW_SESSION_PACKET_UNKNOWN", "rest", "LW_SESSION_PACKET_UNKNOWN"]);
    expect(courier.closed).toBe("4400");
  });
});
