import { describe, expect, test } from "vitest";
import type { Violation } from "../../../src/base/errors.ts";
import { Attachment } from "../../../src/session/attachment.ts";
import type { Way } from "../../../src/session/way.ts";
import type { AttachmentHost } from "../../../src/session/attachment-host.ts";
import { Ledger } from "../../../src/session/ledger.ts";
import { MAX_PACKET_BYTES } from "../../../src/base/session.ts";
import { type Packet, PacketType } from "../../../src/session/packet.ts";
import { encodePacket } from "../../../src/session/packet-encoder.ts";
import { defaultSettings, type SessionSettings } from "../../../src/session/settings.ts";
import { bytes } from "../../support/byte-builder.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryCourier, MemoryLink } from "../../support/memory-link.ts";
import { RecordedUser } from "../../support/recorded-user.ts";
import { taken } from "../../support/test-client.ts";

const room = { maxBytes: 256 * 1024, maxPackets: 100 };
const ack = (received: number) => ({ type: PacketType.ack, received }) as const;
const at = (next: number) => ({ type: PacketType.at, next }) as const;
const ping = { type: PacketType.ping, token: 4 } as const;

/** Whoever the transport belongs to, writing down what it hears. */
class RecordedHost implements AttachmentHost<Attachment> {
  readonly clock = new FakeClock();
  readonly heard: string[] = [];
  wantsMore = true;
  now(): number {
    return this.clock.now();
  }

  receiveData(_attachment: Attachment, number: number, bytes: Uint8Array, start: number, end: number): boolean {
    this.heard.push(`${String(number)} ${new TextDecoder().decode(bytes.subarray(start, end))}`);
    return this.wantsMore;
  }

  receivePacket(_attachment: Attachment, packet: Packet): void {
    this.heard.push(`packet ${String(packet.type)}`);
  }

  fail(attachment: Attachment, violation: Violation): void {
    this.heard.push(violation.code);
    attachment.close(violation.closeCode, violation.message);
  }

  receiveLost(_attachment: Attachment, code: number): void {
    this.heard.push(`lost ${String(code)}`);
  }

  receiveRoom(): void {
    this.heard.push("room");
  }
}

interface Opened {
  readonly host: RecordedHost;
  readonly user: RecordedUser;
  readonly ledger: Ledger;
  readonly attachment: Attachment;
}

function open(way: Way, settings: Partial<SessionSettings> = {}): Opened {
  const complete = { ...defaultSettings, ...settings };
  const host = new RecordedHost();
  const user = new RecordedUser();
  return { host, user, ledger: new Ledger(complete, user), attachment: new Attachment(way, complete, host) };
}

function openLink(settings: Partial<SessionSettings> = {}): Opened & { readonly link: MemoryLink } {
  const link = new MemoryLink();
  return { ...open({ kind: "websocket", link }, settings), link };
}

function openCourier(settings: Partial<SessionSettings> = {}): Opened & { readonly courier: MemoryCourier } {
  const courier = new MemoryCourier();
  return { ...open({ kind: "longpoll", courier }, settings), courier };
}

/** The bytes of DATA with `text`. */
const data = (text: string): Uint8Array => bytes(0, text);

describe("numbers that come in", () => {
  test("I-04 a link counts from 1, or from where a resume says", () => {
    const { host, ledger, attachment } = openLink();
    attachment.receive(data("a"));
    attachment.receive(data("b"));
    attachment.bind(host, ledger, 1, 8);
    attachment.receive(data("c"));
    expect(host.heard).toEqual(["1 a", "2 b", "8 c"]);
  });

  test("I-04 what came before it was attached counts on, unless a resume says otherwise", () => {
    const { host, ledger, attachment } = openLink();
    attachment.receive(data("a"));
    attachment.bind(host, ledger, 1);
    attachment.receive(data("b"));
    expect(host.heard).toEqual(["1 a", "2 b"]);
  });

  test("P-116 a body says where it begins, so that it means the same however often it comes", () => {
    const { host, attachment } = openCourier();
    for (let copy = 0; copy < 2; copy++) {
      const body = attachment.openBody();
      for (const packet of [encodePacket(at(8)), data("a"), data("b")]) expect(body.receive(packet)).toBe(true);
    }
    expect(host.heard).toEqual(["8 a", "9 b", "8 a", "9 b"]);
  });

  test("I-13 the user is told when what came together was received, and whether more of it may come", () => {
    const { host, user, ledger, attachment } = openLink();
    attachment.bind(host, ledger, 1);
    const rests: boolean[] = [];
    user.onRest = (isAll) => rests.push(isAll);
    attachment.receive(data("a"));
    attachment.receive(encodePacket(ack(0)));
    host.receiveData = () => {
      throw new Error("broken");
    };
    expect(() => attachment.receive(data("b"))).toThrow("broken");
    expect(rests).toEqual([true, true, true]);
    const requests = openCourier();
    requests.attachment.bind(requests.host, requests.ledger, 1);
    requests.user.onRest = (isAll) => rests.push(isAll);
    requests.attachment.openBody().receive(encodePacket(at(1)));
    expect(rests.slice(3)).toEqual([false]);
  });

  test.each([
    ["DATA in a body without AT", [data("a")]],
    ["a second AT", [encodePacket(at(1)), encodePacket(at(2))]],
  ])("V-33 %s is a fault", (_what, packets) => {
    const { host, attachment, courier } = openCourier();
    const body = attachment.openBody();
    const answers = packets.map((packet) => body.receive(packet));
    expect([host.heard, answers.at(-1), courier.closed]).toEqual([["LW_SESSION_PACKET_MISPLACED"], false, "4400"]);
  });

  test("V-33 AT on a link is a fault", () => {
    const { host, attachment } = openLink();
    attachment.receive(encodePacket(at(1)));
    expect(host.heard).toEqual(["LW_SESSION_PACKET_MISPLACED"]);
  });

  test("V-24 P-114 a newer body supersedes an older one: what still comes of that is not read", () => {
    const { host, attachment } = openCourier();
    const older = attachment.openBody();
    older.receive(encodePacket(at(1)));
    expect(older.receive(data("a"))).toBe(true);
    const newer = attachment.openBody();
    expect(older.receive(data("b"))).toBe(false);
    newer.receive(encodePacket(at(1)));
    newer.receive(data("a"));
    expect(host.heard).toEqual(["1 a", "1 a"]);
  });

  test("P-118 a host that wants no more of a body ends its reading", () => {
    const { host, attachment } = openCourier();
    host.wantsMore = false;
    const body = attachment.openBody();
    body.receive(encodePacket(at(3)));
    expect(body.receive(data("gap"))).toBe(false);
  });
});

describe("packets that come in", () => {
  test("V-33 what is no packet is a fault of the transport, and nothing after it counts", () => {
    const { host, link, attachment } = openLink();
    attachment.receive(bytes(0x3f));
    attachment.receive(data("late"));
    expect([host.heard, link.closed]).toEqual([["LW_SESSION_PACKET_UNKNOWN"], "4400"]);
  });

  test("F-47 a type of a later version that may be skipped is skipped", () => {
    const { host, attachment } = openLink();
    attachment.receive(bytes(0x40, "whatever"));
    attachment.receive(data("a"));
    expect(host.heard).toEqual(["1 a"]);
  });

  test("V-21 a packet longer than any may be is a fault", () => {
    const { host, attachment } = openLink();
    attachment.receive(new Uint8Array(MAX_PACKET_BYTES + 1));
    expect(host.heard).toEqual(["LW_SESSION_PACKET_TOO_LONG"]);
  });

  test("the host hears of everything else, and when something came last", () => {
    const { host, attachment } = openLink();
    host.clock.advance(50);
    attachment.receive(encodePacket(ping));
    expect([host.heard, attachment.receivedAt]).toEqual([["packet 2"], host.clock.now()]);
  });

  test("I-15 the end is heard once, and nothing after it", () => {
    const { host, attachment } = openLink();
    attachment.receiveClosed(1006, "");
    attachment.receiveClosed(1006, "");
    attachment.receive(data("late"));
    attachment.receiveDrain();
    expect([host.heard, attachment.isOpen]).toEqual([["lost 1006"], false]);
  });
});

describe("what goes out on a link", () => {
  test("I-02 first what it has yet to replay, then what the user has, from the number it was bound with", () => {
    const first = openLink();
    first.attachment.bind(first.host, first.ledger, 1);
    first.user.waiting.push("a", "b", "c");
    first.attachment.pump();
    first.user.waiting.push("d");
    const link = new MemoryLink();
    const second = new Attachment({ kind: "websocket", link }, defaultSettings, first.host);
    second.bind(first.host, first.ledger, 2);
    second.pump();
    expect([first.link.texts, link.texts]).toEqual([
      ["a", "b", "c"],
      ["b", "c", "d"],
    ]);
  });

  test("I-12 a full link gets nothing, and nothing is numbered for it", () => {
    const { host, user, ledger, attachment, link } = openLink({ roomBytes: 10 });
    attachment.bind(host, ledger, 1);
    user.waiting.push("a", "b");
    link.pendingBytes = 9;
    link.onSend = () => {
      link.pendingBytes += 10;
    };
    attachment.pump();
    expect([link.texts, ledger.outbox.last, user.waiting]).toEqual([["a"], 1, ["b"]]);
    link.pendingBytes = 0;
    attachment.receiveDrain();
    expect(host.heard).toEqual(["room"]);
    attachment.pump();
    expect(link.texts).toEqual(["a", "b"]);
  });

  test("V-13 while it is full only the latest PING keeps its answer", () => {
    const { attachment, link } = openLink({ roomBytes: 10 });
    link.pendingBytes = 10;
    for (const token of [1, 2, 3]) attachment.sendPong(token);
    expect(link.sent).toEqual([]);
    link.pendingBytes = 0;
    attachment.receiveDrain();
    expect(link.sent).toEqual([{ type: PacketType.pong, token: 3 }]);
  });

  test("a user that speaks while it is asked does not make it speak twice", () => {
    const { host, user, ledger, attachment, link } = openLink();
    attachment.bind(host, ledger, 1);
    user.waiting.push("a", "b");
    link.onSend = () => attachment.pump();
    attachment.pump();
    expect(link.texts).toEqual(["a", "b"]);
  });

  test("I-08 an ACK says what the ledger has, when it is due or asked for", () => {
    const { host, ledger, attachment, link } = openLink({ linkAck: { packets: 2, bytes: 1_000, delayMs: 5 } });
    attachment.bind(host, ledger, 1);
    ledger.accept(1, bytes("a"));
    attachment.oweAck(1);
    attachment.sendAck(false);
    expect(link.sent).toEqual([]);
    ledger.accept(2, bytes("b"));
    attachment.oweAck(1);
    attachment.sendAck(false);
    attachment.sendAck(true);
    expect(link.sent).toEqual([ack(2), ack(2)]);
    expect(attachment.ackDueAt).toBe(Infinity);
    attachment.sendAck(false);
    expect(link.sent).toHaveLength(2);
  });

  test("closing says the code, once; nothing goes out afterwards", () => {
    const { host, user, ledger, attachment, link } = openLink();
    attachment.bind(host, ledger, 1);
    attachment.close(4409, "newer");
    attachment.close(1000, "again");
    user.waiting.push("a");
    attachment.pump();
    attachment.send(ping);
    expect([link.closed, link.bytes]).toEqual(["4409", []]);
  });
});

describe("what a body takes", () => {
  test("P-115 it begins with the oldest that is not acknowledged, and says so: a lost one is taken again", () => {
    const { host, user, ledger, attachment } = openCourier();
    attachment.bind(host, ledger, 1);
    user.waiting.push("a", "b");
    const first = taken(attachment);
    expect(first).toEqual([at(1), expect.anything(), expect.anything()]);
    expect(taken(attachment)).toEqual(first);
    ledger.outbox.acknowledge(1, Infinity);
    user.waiting.push("c");
    expect(taken(attachment)).toEqual([at(2), expect.anything(), expect.anything()]);
  });

  test("V-17 it holds no more packets than it may, AT and ACK counted", () => {
    const { host, user, ledger, attachment } = openCourier();
    attachment.bind(host, ledger, 1);
    user.waiting.push(..."0123456789");
    attachment.oweAck(1);
    expect(attachment.take({ ...room, maxPackets: 6 }).length).toBeLessThanOrEqual(6);
    expect(ledger.outbox.last).toBe(3);
  });

  test("V-17 it holds no more bytes than it may, and nothing is numbered for which there might be no room", () => {
    const { host, user, ledger, attachment } = openCourier();
    attachment.bind(host, ledger, 1);
    user.waiting.push("x".repeat(16_000), "y".repeat(16_000), "z".repeat(16_000));
    expect(attachment.take({ ...room, maxBytes: 40_000 }).map(([type]) => type)).toEqual([PacketType.at, 0, 0]);
    expect(ledger.outbox.last).toBe(2);
  });

  test("V-17 the largest packet goes alone rather than never", () => {
    const { host, user, ledger, attachment } = openCourier();
    attachment.bind(host, ledger, 1);
    user.waiting.push("y".repeat(16_000), "z");
    const packets = attachment.take({ ...room, maxBytes: 100 });
    expect([packets.length, ledger.outbox.last]).toEqual([2, 1]);
  });

  test("an ACK that is owed goes along and is no reason for a body until it is due; an answer carries one in any case", () => {
    const { host, ledger, attachment, courier } = openCourier();
    attachment.bind(host, ledger, 1);
    ledger.accept(1, bytes("a"));
    attachment.oweAck(1);
    expect([taken(attachment), courier.wakes]).toEqual([[], 0]);
    attachment.sendFirst(ping);
    expect(taken(attachment)).toEqual([ping, ack(1)]);
    attachment.oweAck(1);
    attachment.sendAck(true);
    expect([taken(attachment), taken(attachment)]).toEqual([[ack(1)], []]);
    expect(attachment.takeAnswer(true)).toEqual([encodePacket(ack(1))]);
  });

  test("packets wait for the next one, the latest of each type, and are gone when it was taken", () => {
    const { attachment, courier } = openCourier();
    attachment.send({ ...ping, token: 1 });
    attachment.send({ ...ping, token: 2 });
    expect([taken(attachment), courier.wakes]).toEqual([[{ ...ping, token: 2 }], 2]);
    expect(taken(attachment)).toEqual([]);
  });

  test("P-117 what a lost body held beside DATA goes out again, unless something newer has come", () => {
    const { host, ledger, attachment, courier } = openCourier();
    attachment.bind(host, ledger, 1);
    attachment.send({ ...ping, token: 1 });
    taken(attachment);
    attachment.receiveTakenLost();
    expect([taken(attachment), courier.wakes]).toEqual([[{ ...ping, token: 1 }, ack(0)], 2]);
    attachment.send({ ...ping, token: 2 });
    attachment.receiveTakenLost();
    expect(taken(attachment)).toEqual([{ ...ping, token: 2 }, ack(0)]);
  });

  test("nothing is taken, and nothing numbered, while it is dormant", () => {
    const { host, user, ledger, attachment } = openCourier();
    attachment.bind(host, ledger, 1);
    user.waiting.push("a");
    attachment.isDormant = true;
    expect([taken(attachment), ledger.outbox.last]).toEqual([[], 0]);
  });

  test("I-15 it ends when its last word was taken, at once when there is none", () => {
    const { attachment, courier } = openCourier();
    attachment.send({ type: PacketType.gone, reason: 1, retryAfterMs: 0 });
    attachment.finish(4410, "gone");
    expect([attachment.isOpen, courier.closed]).toEqual([true, undefined]);
    expect(taken(attachment)).toHaveLength(1);
    expect([attachment.isOpen, courier.closed, taken(attachment)]).toEqual([false, "4410", []]);
    const silent = openCourier();
    silent.attachment.finish(4410, "gone");
    expect(silent.courier.closed).toBe("4410");
  });
});

test("P-116 the last word is for a GET, which comes again when its answer is lost, and not for the answer to a POST", () => {
  const courier = new MemoryCourier();
  const { attachment } = open({ kind: "longpoll", courier });
  attachment.send({ type: PacketType.bye, code: 1012, reason: "" });
  attachment.finish(4410, "over");
  expect([attachment.takeAnswer(true), attachment.isOpen]).toEqual([[], true]);
  expect([taken(attachment).length, attachment.isOpen]).toEqual([1, false]);
});
